//! Listings of folders, as web servers write them where no page was made for a folder.
//!
//! A link of a listing is called what it leads to, one step below where it stands; the page names its own path, leads one
//! step up, says of when each file is, or has nothing but the files. A page that people wrote calls its links otherwise, and says more.
//!
//! Reads    the beginning of a page of HTML.
//! Memory   a heading and a link of it.
//! Errors   none: pages of any quality are read.
//! Misses   folders with nothing in them; listings that people restyled until links have other names; those made in the
//!          browser, as JSON or as XML (object stores); files whose names are cut to less than eight bytes; the listing of a
//!          file browser that was made on purpose is found if it looks like one, since it cannot be told.
//! Source   CWE-548; forms as the documentation and the output of Apache httpd, nginx, lighttpd, Caddy, IIS, Jetty, Tomcat,
//!          Express `serve-index`, Python `http.server` and Go `net/http` have them, samples written for the tests.

use super::html::{Part, Parts, attribute, is_named};
use super::window::unescaped;

/// Bytes of a page that are read.
const READ_BYTES_MAX: usize = 64 * 1024;
/// Bytes within which a page without a title would show that it is a listing.
const UNTITLED_BYTES_MAX: usize = 4 * 1024;
/// Bytes of a heading.
const HEADING_BYTES_MAX: usize = 512;
/// Paths that headings name.
const PATHS_MAX: usize = 4;
/// Bytes of a name that servers leave where they cut it.
const CUT_BYTES_MIN: usize = 8;
/// Other links than to files that a listing may have, besides one in four.
const OTHERS_MAX: usize = 2;
/// Links that lead to other hosts, such as the server's maker.
const ELSEWHERE_MAX: usize = 3;
/// Words around the files that a listing may have, besides four for each.
const WORDS_MAX: usize = 12;

/// Whether a page is the listing of a folder.
pub(super) fn is(page: &[u8]) -> bool {
    let page = page.get(..READ_BYTES_MAX).unwrap_or(page);
    if !is_markup(page) {
        return false;
    }
    let mut seen = Seen::default();
    Parts::of(page).for_each(|it| seen.take(it));
    seen.end_link();
    seen.is_listing()
}

/// Whether a page that goes on may turn out to be one: its title names a path, or has not come.
pub(super) fn may_become(page: &[u8]) -> bool {
    if !page.trim_ascii().is_empty() && !is_markup(page) {
        return false;
    }
    let (mut title, mut is_in) = (Vec::new(), false);
    for part in Parts::of(page.get(..UNTITLED_BYTES_MAX).unwrap_or(page)) {
        match part {
            Part::Open(tag) if is_named(tag, b"title") => is_in = true,
            Part::Text(text) if is_in => push_heading(&mut title, text),
            Part::Close(tag) if is_named(tag, b"title") => return path_in(&title).is_some(),
            Part::Open(_) | Part::Close(_) | Part::Text(_) => {}
        }
    }
    page.len() < UNTITLED_BYTES_MAX
}

fn is_markup(page: &[u8]) -> bool {
    let page = page.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(page);
    page.trim_ascii_start().starts_with(b"<")
}

/// What was seen of a page.
#[derive(Default)]
struct Seen<'a> {
    heading: Option<Vec<u8>>,
    /// The paths that its headings name, without their last slash.
    paths: Vec<Vec<u8>>,
    link: Option<Link<'a>>,
    /// Within the head of a column.
    is_column: bool,
    /// Within text that is set as it is.
    is_set: bool,
    /// Links to files there.
    set: usize,
    /// Links to what stands below, by a name.
    files: usize,
    /// The same by a whole path, all of them in one folder.
    placed: usize,
    folder: Option<Vec<u8>>,
    others: usize,
    elsewhere: usize,
    leads_up: bool,
    dates: usize,
    words: usize,
}

/// A link that is open.
struct Link<'a> {
    target: &'a [u8],
    /// The first text in it.
    name: Vec<u8>,
}

impl<'a> Seen<'a> {
    fn take(&mut self, part: Part<'a>) {
        match part {
            Part::Open(tag) if is_heading(tag) => self.heading = Some(Vec::new()),
            Part::Close(tag) if is_heading(tag) => {
                let path = self.heading.take().as_deref().and_then(path_in);
                if self.paths.len() < PATHS_MAX {
                    self.paths.extend(path);
                }
            }
            Part::Open(tag) if is_named(tag, b"a") => {
                self.end_link();
                let target = attribute(tag, b"href").filter(|_| self.heading.is_none());
                self.link = target.map(|target| Link { target, name: Vec::new() });
            }
            Part::Close(tag) if is_named(tag, b"a") => self.end_link(),
            Part::Open(tag) if is_named(tag, b"th") => self.is_column = true,
            Part::Close(tag) if is_named(tag, b"th") => self.is_column = false,
            Part::Open(tag) if is_named(tag, b"pre") => self.is_set = true,
            Part::Close(tag) if is_named(tag, b"pre") => self.is_set = false,
            Part::Open(_) | Part::Close(_) => {}
            Part::Text(text) => self.take_text(text),
        }
    }

    fn take_text(&mut self, text: &[u8]) {
        if let Some(heading) = &mut self.heading {
            return push_heading(heading, text);
        }
        if text.trim_ascii().is_empty() {
            return;
        }
        let text = unescaped(text);
        let text = text.trim_ascii();
        match &mut self.link {
            Some(link) if link.name.is_empty() => link.name = text.to_vec(),
            _ if is_date(text) => self.dates += 1,
            Some(_) => {}
            None if self.is_column => {}
            None => self.words += text.split(u8::is_ascii_whitespace).filter(is_word).count(),
        }
    }

    /// Says what the link was that ends here.
    fn end_link(&mut self) {
        let Some(Link { target, name }) = self.link.take() else { return };
        let target = unescaped(target);
        let target = target.trim_ascii();
        let end = memchr::memchr2(b'?', b'#', target).unwrap_or(target.len());
        let path = target.get(..end).unwrap_or_default();
        let path = path.strip_prefix(b"./").unwrap_or(path);
        // Orders and the page itself.
        if matches!(path, b"" | b".") {
            return;
        }
        let says_up =
            name.starts_with(b"..") || name.windows(6).any(|it| it.eq_ignore_ascii_case(b"parent"));
        if matches!(path, b".." | b"../") || (says_up && path.starts_with(b"/")) {
            self.leads_up = true;
            return;
        }
        if path.starts_with(b"//") || memchr::memmem::find(path, b"://").is_some() {
            self.elsewhere += 1;
            return;
        }
        let path = without_percent(path);
        let path = path.strip_suffix(b"/").unwrap_or(&path);
        let last = memchr::memrchr(b'/', path);
        let file = last.map_or(path, |at| path.get(at + 1..).unwrap_or_default());
        let folder = last.and_then(|at| path.get(..at));
        match folder {
            _ if !is_called(&name, file) => self.others += usize::from(!self.is_above(path)),
            None => {
                self.files += 1;
                self.set += usize::from(self.is_set);
            }
            Some(it) if self.folder.as_deref().is_none_or(|of| of == it) => {
                self.folder = Some(it.to_vec());
                self.placed += 1;
            }
            Some(_) => self.others += usize::from(!self.is_above(path)),
        }
    }

    /// Whether a path is one of those above the page, as rows of them lead to.
    fn is_above(&self, path: &[u8]) -> bool {
        path.is_empty() || self.paths.iter().any(|it| it.starts_with(path))
    }

    fn is_listing(&self) -> bool {
        let is_own = self.folder.as_deref().is_some_and(|of| {
            self.paths.iter().any(|it| {
                *it == of
                    || (!of.is_empty() && !it.is_empty() && (it.ends_with(of) || of.ends_with(it)))
            })
        });
        let (files, strange) = match is_own {
            true => (self.files + self.placed, 0),
            false => (self.files, self.placed),
        };
        let others = self.others + strange + self.elsewhere.saturating_sub(ELSEWHERE_MAX);
        let is_bare = files >= 2 && others == 0 && self.words == 0;
        let speaks = [
            !self.paths.is_empty(),
            self.leads_up,
            self.dates > 0 && self.dates * 2 >= files,
            is_bare,
            is_bare && self.set == files,
        ];
        files >= 1
            && others <= OTHERS_MAX + files / 4
            && self.words <= WORDS_MAX + 4 * files
            && speaks.iter().filter(|it| **it).count() >= 2
    }
}

fn is_heading(tag: &[u8]) -> bool {
    [&b"title"[..], b"h1", b"h2"].iter().any(|it| is_named(tag, it))
}

/// Adds to a heading, every white space as one space.
fn push_heading(heading: &mut Vec<u8>, text: &[u8]) {
    for byte in unescaped(text) {
        let byte = if byte.is_ascii_whitespace() { b' ' } else { byte };
        let is_more = byte == b' ' && heading.last() == Some(&b' ');
        if !is_more && heading.len() < HEADING_BYTES_MAX {
            heading.push(byte);
        }
    }
}

/// The path that a heading names, without its last slash.
fn path_in(heading: &[u8]) -> Option<Vec<u8>> {
    let heading = heading.trim_ascii();
    // A slash between two names is none.
    let is_between = |it: &&[u8]| *it == b"/" && !heading.ends_with(b" /") && heading != b"/";
    let path = heading
        .split(|it| *it == b' ')
        .filter(|it| !is_between(it))
        .map(|it| it.strip_prefix(b"[").and_then(|it| it.strip_suffix(b"]")).unwrap_or(it))
        .find(|it| it.starts_with(b"/") || it.ends_with(b"/"))?;
    let is_elsewhere = path.starts_with(b"//") || memchr::memmem::find(path, b"://").is_some();
    let path = without_percent(path);
    (!is_elsewhere).then(|| path.strip_suffix(b"/").unwrap_or(&path).to_vec())
}

/// Whether a link is called after the file, which may be cut.
fn is_called(name: &[u8], file: &[u8]) -> bool {
    let name = name.trim_ascii();
    let name = name.strip_suffix(b"/").unwrap_or(name);
    if name == file {
        return !file.is_empty();
    }
    let cut = [&b"..>"[..], b"...", "…".as_bytes()].iter().find_map(|it| name.strip_suffix(*it));
    cut.is_some_and(|it| it.len() >= CUT_BYTES_MIN && file.starts_with(it))
}

/// A year beside other numbers.
fn is_date(text: &[u8]) -> bool {
    let text = text.get(..64).unwrap_or(text);
    let numbers = text.split(|it| !it.is_ascii_digit()).filter(|it| !it.is_empty());
    let is_year = |it: &&[u8]| it.len() == 4 && (it.starts_with(b"19") || it.starts_with(b"20"));
    numbers.clone().any(|it| is_year(&it)) && numbers.count() >= 3
}

fn is_word(token: &&[u8]) -> bool {
    token.len() >= 3 && token.iter().all(|it| it.is_ascii_alphabetic() || matches!(it, b',' | b'.'))
}

fn without_percent(path: &[u8]) -> Vec<u8> {
    let digit = |it: u8| char::from(it).to_digit(16).and_then(|it| u8::try_from(it).ok());
    let (mut plain, mut left) = (Vec::with_capacity(path.len()), path);
    while let Some((first, rest)) = left.split_first() {
        let coded = match left {
            [b'%', a, b, ..] => digit(*a).zip(digit(*b)).map(|(a, b)| a << 4 | b),
            _ => None,
        };
        plain.push(coded.unwrap_or(*first));
        left = if coded.is_some() { left.get(3..).unwrap_or_default() } else { rest };
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    const APACHE: &str = "<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2 Final//EN\">\n<html>\n <head>\n  <title>Index of /backup</title>\n </head>\n <body>\n<h1>Index of /backup</h1>\n<pre><img src=\"/icons/blank.gif\" alt=\"Icon \"> <a href=\"?C=N;O=D\">Name</a>  <a href=\"?C=M;O=A\">Last modified</a>  <a href=\"?C=S;O=A\">Size</a>  <hr><img src=\"/icons/back.gif\" alt=\"[PARENTDIR]\"> <a href=\"/\">Parent Directory</a>   -   \n<img src=\"/icons/compressed.gif\" alt=\"[   ]\"> <a href=\"customers%202024.tar.gz\">customers 2024.tar.gz</a> 2024-03-01 09:12  1.2M  \n<hr></pre>\n</body></html>";
    const APACHE_TABLE: &str = "<html><head><title>Index of /b</title></head><body><h1>Index of /b</h1><table><tr><th valign=\"top\"><img src=\"/i.gif\"></th><th><a href=\"?C=N;O=D\">Name</a></th><th>Description</th></tr><tr><td><a href=\"/\">Parent Directory</a></td></tr><tr><td><a href=\"old/\">old/</a></td><td align=\"right\">2023-12-24 18:00  </td><td>  - </td></tr><tr><td><a href=\"a_very_long_name_of_a_dump.sql\">a_very_long_name_of..&gt;</a></td><td>2023-12-24 18:00  </td><td>17K</td></tr></table><address>Apache/2.4 Server at shop.example Port 80</address></body></html>";
    const NGINX: &str = "<html>\r\n<head><title>Index of /files/</title></head>\r\n<body>\r\n<h1>Index of /files/</h1><hr><pre><a href=\"../\">../</a>\r\n<a href=\"keys/\">keys/</a>            01-Mar-2024 09:12                   -\r\n<a href=\"dump.sql\">dump.sql</a>        01-Mar-2024 09:12              120034\r\n</pre><hr></body>\r\n</html>";
    const PYTHON: &str = "<!DOCTYPE HTML>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Directory listing for /</title>\n</head>\n<body>\n<h1>Directory listing for /</h1>\n<hr>\n<ul>\n<li><a href=\".env\">.env</a></li>\n<li><a href=\"app.py\">app.py</a></li>\n<li><a href=\"db%20old/\">db old/</a></li>\n</ul>\n<hr>\n</body>\n</html>\n";
    const GO: &str = "<!doctype html>\n<meta name=\"viewport\" content=\"width=device-width\">\n<pre>\n<a href=\".git/\">.git/</a>\n<a href=\"main.go\">main.go</a>\n</pre>\n";
    const SERVE_INDEX: &str = "<!DOCTYPE html><html><head><title>listing directory /uploads</title><style>a{}</style><script>function $(id){}</script></head><body class=\"directory\"><input id=\"search\" type=\"text\" placeholder=\"Search\" /><div id=\"wrapper\"><h1><a href=\"/\">~</a> / <a href=\"/uploads\">uploads</a></h1><ul id=\"files\" class=\"view-tiles\"><li><a href=\"/\" class=\"icon icon-directory\" title=\"..\"><span class=\"name\">..</span><span class=\"size\"></span><span class=\"date\"></span></a></li><li><a href=\"/uploads/id-card.jpg\" class=\"icon\" title=\"id-card.jpg\"><span class=\"name\">id-card.jpg</span><span class=\"size\">183</span><span class=\"date\">3/1/2024, 9:12:00 AM</span></a></li></ul></div></body></html>";
    const CADDY: &str = "<!DOCTYPE html><html><head><title>media</title><style>body{}</style></head><body><header><div>Folder Path</div><h1><a href=\"/\">/</a><a href=\"/media/\">media</a>/</h1></header><main><table><thead><tr><th>Name</th><th><a href=\"?sort=size\">Size</a></th></tr></thead><tbody><tr><td><a href=\"..\"><span class=\"goup\">Up</span></a></td></tr><tr class=\"file\"><td></td><td><a href=\"./plan.pdf\"><svg><path d=\"M0\"/></svg><span class=\"name\">plan.pdf</span></a></td><td>1.2 MiB</td><td><time datetime=\"2024-03-01T09:12:00Z\">03/01/2024 09:12:00 AM +00:00</time></td></tr></tbody></table></main><footer>Served with <a href=\"https://caddyserver.com\">Caddy</a></footer></body></html>";
    const JETTY: &str = "<!DOCTYPE html><html><head><title>Directory: /data/</title></head><body><h1 class=\"title\">Directory: /data/</h1><table><tbody><tr><td class=\"name\"><a href=\"/data/a.csv\">a.csv&nbsp;</a></td><td>Mar 1, 2024 9:12:00 AM&nbsp;</td><td>12 bytes&nbsp;</td></tr></tbody></table></body></html>";
    const IIS: &str = "<html><head><title>shop.example - /data/</title></head><body><H1>shop.example - /data/</H1><hr><pre><A HREF=\"/\">[To Parent Directory]</A><br><br> 3/1/2024  9:12 AM        &lt;dir&gt; <A HREF=\"/data/old/\">old</A><br> 3/1/2024  9:12 AM          1203 <A HREF=\"/data/web.config.bak\">web.config.bak</A><br></pre><hr></body></html>";
    const TOMCAT: &str = "<!doctype html><html><head><title>Directory Listing For [/]</title></head><body><h1>Directory Listing For [/]</h1><hr class=\"line\"><table><tr><td><strong>Filename</strong></td><td><strong>Size</strong></td><td><strong>Last Modified</strong></td></tr><tr><td><a href=\"/dump.sql\"><tt>dump.sql</tt></a></td><td><tt>0.1 kb</tt></td><td><tt>Fri, 01 Mar 2024 09:12:00 GMT</tt></td></tr></table><hr><h3>Apache Tomcat</h3></body></html>";

    #[test]
    fn listings_of_the_usual_servers_are_found() {
        for page in
            [APACHE, APACHE_TABLE, NGINX, PYTHON, GO, SERVE_INDEX, CADDY, JETTY, IIS, TOMCAT]
        {
            assert!(is(page.as_bytes()), "{page}");
            assert!(is(format!("\u{feff}\n{page}").as_bytes()), "{page}");
        }
    }

    /// What the page is called has no say.
    #[test]
    fn no_title_and_no_language_hides_one() {
        for page in [APACHE, NGINX, JETTY, IIS] {
            for words in ["Index of", "Directory:", "shop.example -"] {
                let page = page.replace(words, "Verzeichnis");
                assert!(is(page.as_bytes()), "{page}");
            }
        }
    }

    #[test]
    fn pages_that_people_wrote_are_none() {
        for page in [
            "<title>Guides</title><h1>Guides</h1><p>Read these in order.</p><ul><li><a href=\"install.html\">Installing</a></li><li><a href=\"first.html\">First steps</a></li></ul>",
            // A page about the path, with the files of the documentation.
            "<title>Index of /orders</title><h1>Index of /orders</h1><ul><li><a href=\"list.html\">List orders</a> 2024-03-01 09:12</li><li><a href=\"get.html\">Get an order</a></li></ul>",
            // An API that tells its ways in.
            "<title>Orders API</title><h1>Orders API</h1><ul><li><a href=\"/orders\">orders</a></li><li><a href=\"/customers\">customers</a></li></ul>",
            // A wiki, and a blog by date.
            "<title>All pages</title><a href=\"Home\">Home</a> <a href=\"Apples\">Apples</a> <a href=\"Pears\">Pears</a>",
            "<title>Blog</title><ul><li>2024-03-01 09:12 <a href=\"/2024/a-new-shop\">A new shop</a></li></ul>",
            // An index of packages.
            "<!DOCTYPE html><html><head><title>Simple index</title></head><body><a href=\"/simple/shop/\">shop</a><a href=\"/simple/orders/\">orders</a></body></html>",
            "<title>404</title><h1>There is no /orders/7</h1><a href=\"/\">Home</a>",
            "<title>Index of /empty</title><h1>Index of /empty</h1><a href=\"../\">../</a>",
            "{\"path\":\"/files/\",\"parent\":\"../\",\"entries\":[{\"name\":\"a.txt\",\"href\":\"a.txt\",\"modified\":\"2024-03-01 09:12\"}]}",
            "Index of /files/\n<a href=\"a\">a</a>",
            "",
            "<",
        ] {
            assert!(!is(page.as_bytes()), "{page}");
        }
        let prose = "We keep all our files in this place for you to read. ".repeat(20);
        let page = PYTHON.replace("<hr>\n<ul>", &format!("<p>{prose}</p><ul>"));
        assert!(!is(page.as_bytes()), "{page}");
    }

    #[test]
    fn a_page_whose_title_has_come_is_not_waited_for() {
        assert!(
            may_become(b"") && may_become(b"<html><head>") && may_become(b"<title>Index of /x")
        );
        assert!(may_become(b"<title>Index of /x</title>"));
        assert!(!may_become(b"<html><head><title>Our shop</title>"));
        assert!(!may_become(b"<title>Orders / Our shop</title>"));
        assert!(!may_become(b"hello"));
        assert!(!may_become(&[b"<p>".as_slice(), &[b'a'; UNTITLED_BYTES_MAX]].concat()));
    }

    #[test]
    fn hostile_pages_take_linear_time() {
        for unit in [
            "<",
            "<a href=\"",
            "<a href=x>x",
            "<script>",
            "<!--",
            "<title>",
            "<h1>/",
            "&",
            "<a =",
            "</a>",
        ] {
            let page: Vec<u8> = unit.bytes().cycle().take(READ_BYTES_MAX).collect();
            let start = std::time::Instant::now();
            std::hint::black_box((is(&page), may_become(&page)));
            assert!(start.elapsed().as_millis() < 1_000, "{unit}");
        }
    }
}
