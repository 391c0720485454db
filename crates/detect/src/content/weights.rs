//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2762,
        signs: &[
            ("tautology", 8068),
            ("break_union", 8060),
            ("break_stacked", 8063),
            ("break_probe", 8072),
            ("break_clause", 8072),
            ("shape", 2680),
            ("union", 5291),
            ("sub_select", 2817),
            ("waits", 991),
            ("catalogue", 3786),
            ("probe", 397),
            ("nested_probe", 2063),
            ("characters", 3004),
            ("nulls", 1793),
            ("ends_in_comment", 4865),
            ("ends_in_string", 2056),
            ("closes", 916),
            ("sql", -131),
            ("continues", 1225),
            ("constants", 3035),
            ("statement", 0),
            ("deed", 3218),
            ("order", 3748),
            ("case", 2318),
            ("prose", -339),
            ("clause_alone", 3571),
            ("asks", 437),
            ("stacked", 4220),
            ("quote_and_comment", 4705),
            ("comment_for_blank", 4094),
            ("quote_and_operator", 3099),
            ("hexadecimal", 1880),
        ],
        shape: &[
            -94, // over_32_bytes
            -1, // over_128_bytes
            -819, // over_512_bytes
            202, // over_2048_bytes
            -306, // several_lines
            -1181, // many_lines
            -400, // words_in_a_row
            -2476, // sentence
            -986, // mostly_letters
            871, // mostly_marks
            -442, // is_name
            -354, // no_blank
            -917, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -2061,
        signs: &[
            ("probe", 8680),
            ("out-of-attribute", 8059),
            ("out-of-element", 8059),
            ("out-of-string", 8074),
            ("address", 8060),
            ("constructed", 8059),
            ("symbols", 8059),
            ("hidden-address", 8059),
            ("utf-7", 8076),
            ("lone-handler", 8059),
            ("told", 2094),
            ("runs", 3041),
            ("script-tag", 2446),
            ("style", 3672),
            ("call", 2610),
            ("symbols-few", 3150),
            ("changes", 5433),
            ("odd-separator", 3600),
            ("address-calls", 1514),
            ("steals", 4050),
            ("opens", 2235),
            ("handler", -625),
            ("script", -525),
            ("address-somewhere", 1689),
            ("proof-somewhere", 1033),
            ("frame", 1771),
            ("loads", 4976),
            ("hidden", 1706),
            ("torn", 3280),
            ("code", 685),
            ("odd-source", 4746),
            ("unfinished", 4018),
        ],
        shape: &[
            766, // over_32_bytes
            2214, // over_128_bytes
            -439, // over_512_bytes
            -201, // over_2048_bytes
            -357, // several_lines
            -1387, // many_lines
            -2103, // words_in_a_row
            -895, // sentence
            -1335, // mostly_letters
            3009, // mostly_marks
            746, // is_name
            2534, // no_blank
            183, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -90,
        signs: &[
            ("leading separator", 8061),
            ("appended", 8059),
            ("separator and command", 5808),
            ("substitution", 8059),
            ("substitution of a word", 4880),
            ("command", 731),
            ("command on a target", 8065),
            ("spliced name", 8093),
            ("blank by variable", 8060),
            ("slice of a variable", 3498),
            ("brace expansion", 8064),
            ("globbed path", 8064),
            ("function that runs where it is read", 8115),
            ("command that looks around and nothing else", 4008),
            ("reverse shell", 8059),
            ("reverse shell in text", 3045),
            ("server-side include", 8059),
            ("call that runs a command", 8061),
            ("call that runs something", 3354),
            ("hidden powershell", 8059),
            ("powershell", 3494),
            ("control flow of cmd", 4865),
            ("variable as a command", 3280),
            ("empty expansion", 3070),
            ("here string or process substitution", 3867),
            ("command of a mail protocol", 8079),
            ("command with a target in text", 3088),
            ("separator and name of a program", -1414),
            ("command in text", -627),
            ("name of a program alone", -55),
            ("tilde expansion", 1452),
            ("path to a program", 2546),
        ],
        shape: &[
            145, // over_32_bytes
            -455, // over_128_bytes
            -525, // over_512_bytes
            -151, // over_2048_bytes
            -1341, // several_lines
            -1249, // many_lines
            -784, // words_in_a_row
            -1199, // sentence
            216, // mostly_letters
            2918, // mostly_marks
            777, // is_name
            231, // no_blank
            325, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -2346,
        signs: &[
            ("climb to a target", 8102),
            ("escaped climb", 8080),
            ("far climb", 8089),
            ("climb out of the root", 8085),
            ("odd separators in a climb", 8067),
            ("file that is the system's own", 3802),
            ("segments of dots", 8137),
            ("server that lists of files name", 3743),
            ("stream wrapper", 8067),
            ("climb in base64", 8059),
            ("path cut off by a null byte", 8066),
            ("climb of some levels", 0),
            ("path with a null byte", 2076),
            ("file of passwords", 8077),
            ("file of windows", 4212),
            ("file of a process", 3645),
            ("log of a server", 3756),
            ("configuration of a server", 3648),
            ("file of secrets", 5081),
            ("backup of a source", 3593),
            ("file url", 0),
            ("filter of a stream", 8104),
            ("path with slashes of both kinds", 3629),
            ("run of dots", 4621),
            ("climb in text", 1502),
            ("target in text", 2422),
            ("path that a system has and no API", 1728),
            ("hidden file", -4),
            ("share of a host", 357),
            ("climb and nothing else", 3705),
            ("file of the process that reads it", 8059),
            ("path of a system in its documentation", -57),
        ],
        shape: &[
            442, // over_32_bytes
            1543, // over_128_bytes
            364, // over_512_bytes
            -203, // over_2048_bytes
            -1032, // several_lines
            -1151, // many_lines
            -1408, // words_in_a_row
            -1315, // sentence
            435, // mostly_letters
            -252, // mostly_marks
            38, // is_name
            1355, // no_blank
            -6, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1931,
        signs: &[
            ("constants are calculated", 8064),
            ("classes are reached", 8060),
            ("objects of the platform are reached", 8062),
            ("a program is run", 8061),
            ("a filter runs a function", 8060),
            ("a constructor is reached", 8067),
            ("a directive imports or runs", 8077),
            ("delimiters of several engines", 8059),
            ("constants are calculated in text", 3051),
            ("classes are reached in text", 2457),
            ("objects of the platform in text", 2323),
            ("a program is run in text", 2321),
            ("classes are reached without delimiters", 3562),
            ("objects of the platform without delimiters", 4345),
            ("a program is run without delimiters", 4038),
            ("a method of a literal", 3196),
            ("globals of an engine", 4240),
            ("a call in an expression", 3167),
            ("an expression and nothing else", 727),
            ("a statement of a template", 1332),
            ("an error is provoked", 3743),
            ("an expression that is not closed", 1220),
            ("a block with a value of its own", 3068),
            ("a scriptlet", 394),
            ("an assignment in a directive", 3095),
            ("an expression is closed before one opens", 3045),
        ],
        shape: &[
            463, // over_32_bytes
            -466, // over_128_bytes
            -631, // over_512_bytes
            -117, // over_2048_bytes
            -1325, // several_lines
            -1081, // many_lines
            -1080, // words_in_a_row
            -1191, // sentence
            -440, // mostly_letters
            402, // mostly_marks
            3, // is_name
            -728, // no_blank
            -32, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -2457,
        signs: &[
            ("names of a directory are looked up", 8059),
            ("the name of a look-up is spliced", 8059),
            ("a remote look-up in text", 3045),
            ("a variable is looked up within another look-up", 3045),
            ("a variable is looked up", 1220),
            ("a look-up within a look-up", 1220),
            ("a protocol of a directory", 1220),
            ("the name of a remote look-up", 1220),
            ("the environment or a key is looked up", 3045),
        ],
        shape: &[
            605, // over_32_bytes
            221, // over_128_bytes
            -361, // over_512_bytes
            -117, // over_2048_bytes
            -637, // several_lines
            -756, // many_lines
            -906, // words_in_a_row
            -813, // sentence
            -440, // mostly_letters
            799, // mostly_marks
            3, // is_name
            189, // no_blank
            21, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -2208,
        signs: &[
            ("url of a metadata service", 8200),
            ("internal address in an odd notation", 8064),
            ("public address in an odd notation", 8217),
            ("scheme that sends raw bytes", 8066),
            ("authority that is read in two ways", 8076),
            ("port of another protocol on the own machine", 8067),
            ("internal host behind a user", 8059),
            ("url of the own machine", 2261),
            ("url of a private network", 410),
            ("url within a cluster", 1220),
            ("name that resolves to what it says", 3522),
            ("host that records its callers", 3045),
            ("scheme of another service", 2403),
            ("url of a file", 2316),
            ("user that is written as a host", 3079),
            ("url of a metadata service in text", 3447),
            ("url of an internal host in text", 1760),
            ("url without a scheme", 1855),
            ("more slashes than a url has", 3163),
            ("backslashes before a host", 3200),
            ("scheme without slashes", 3134),
            ("url as a path", 3315),
            ("escaped bytes before a host", 8136),
            ("host and a climb", 3243),
            ("host in letters of another kind", 3400),
            ("internal url in a parameter", 3060),
            ("url of an address", 473),
            ("path of a metadata service", 3047),
            ("user with a port", 3045),
            ("address of a metadata service alone", 3045),
            ("form that browsers repair and nobody writes", 4734),
            ("host without a scheme and nothing else", 4232),
        ],
        shape: &[
            1758, // over_32_bytes
            104, // over_128_bytes
            -478, // over_512_bytes
            -117, // over_2048_bytes
            -753, // several_lines
            -873, // many_lines
            -1023, // words_in_a_row
            -930, // sentence
            -368, // mostly_letters
            337, // mostly_marks
            3, // is_name
            -923, // no_blank
            21, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -2474,
        signs: &[
            ("field of a response behind a datum", 8059),
            ("field behind an escaped line end", 8059),
            ("second message behind a datum", 8059),
            ("recipient behind a datum", 8059),
            ("field of a response in text", 1194),
            ("field of a mail behind a datum", 2945),
            ("entry of a log behind a datum", 3045),
            ("body behind an empty line", 3045),
            ("line end in a name", 3045),
            ("escaped line end", 1220),
            ("field behind a line end as in source code", 3045),
            ("field of a response behind a sentence", 3045),
            ("line end at the beginning", 1184),
            ("field of a mail in text", 1088),
        ],
        shape: &[
            587, // over_32_bytes
            204, // over_128_bytes
            -365, // over_512_bytes
            -118, // over_2048_bytes
            -653, // several_lines
            -771, // many_lines
            -913, // words_in_a_row
            -818, // sentence
            -442, // mostly_letters
            799, // mostly_marks
            3, // is_name
            189, // no_blank
            19, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2451,
        signs: &[
            ("external", 8059),
            ("parameter", 8059),
            ("nested", 8059),
            ("bomb", 8059),
            ("foreign-type", 8059),
            ("includes-file", 8059),
            ("transforms", 8063),
            ("split", 8094),
            ("encoding", 8059),
            ("external-name", 3127),
            ("internal", 3506),
            ("includes", 3045),
            ("repeats", 3045),
            ("stylesheet", 791),
            ("type", 1553),
            ("letter", 1245),
            ("schema", 1220),
            ("bare", 3117),
            ("used", 3055),
        ],
        shape: &[
            611, // over_32_bytes
            767, // over_128_bytes
            -430, // over_512_bytes
            -185, // over_2048_bytes
            -705, // several_lines
            -825, // many_lines
            -906, // words_in_a_row
            -813, // sentence
            -509, // mostly_letters
            7, // mostly_marks
            3, // is_name
            199, // no_blank
            258, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -3059,
        signs: &[
            ("credential", 8059),
            ("runs", 8061),
            ("out-of-string", 8166),
            ("out-of-number", 8132),
            ("always", 8059),
            ("out-of-object", 8075),
            ("command", 8059),
            ("script", 8059),
            ("name", 2633),
            ("object", 3064),
            ("shell", 2299),
            ("operator", 1709),
            ("tautology", 1220),
            ("shell-writes", 3374),
            ("operator-alone", 3064),
        ],
        shape: &[
            1587, // over_32_bytes
            221, // over_128_bytes
            -361, // over_512_bytes
            -117, // over_2048_bytes
            -637, // several_lines
            -756, // many_lines
            -906, // words_in_a_row
            -813, // sentence
            -440, // mostly_letters
            1505, // mostly_marks
            -511, // is_name
            -343, // no_blank
            21, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2394,
        signs: &[
            ("leaves", 8059),
            ("joins", 8074),
            ("matches-all", 8079),
            ("rule", 8077),
            ("cut", 8062),
            ("closes", 3050),
            ("credential", 3526),
            ("escaped", 1166),
            ("filter", 1099),
            ("second", 3326),
        ],
        shape: &[
            1504, // over_32_bytes
            194, // over_128_bytes
            -388, // over_512_bytes
            -117, // over_2048_bytes
            -663, // several_lines
            -783, // many_lines
            -933, // words_in_a_row
            -839, // sentence
            -440, // mostly_letters
            438, // mostly_marks
            3, // is_name
            -653, // no_blank
            21, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -2147,
        signs: &[
            ("leaves", 8091),
            ("path", 8069),
            ("probe", 3806),
            ("tautology", 4029),
            ("expression", 475),
            ("leaves-number", 3045),
            ("fetches", 8069),
        ],
        shape: &[
            977, // over_32_bytes
            210, // over_128_bytes
            -372, // over_512_bytes
            -117, // over_2048_bytes
            -648, // several_lines
            -767, // many_lines
            -917, // words_in_a_row
            -824, // sentence
            -440, // mostly_letters
            448, // mostly_marks
            3, // is_name
            -177, // no_blank
            21, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -2586,
        signs: &[
            ("php", 8059),
            ("java", 8059),
            ("pickle", 8059),
            ("dotnet", 8059),
            ("node", 8066),
            ("tag", 8059),
            ("gadget", 8059),
            ("decoder", 8062),
            ("ruby", 3045),
            ("pickle-encoded", 3045),
            ("php-standard", 3045),
            ("tag-named", 3045),
            ("type", 3045),
            ("class", 3501),
            ("php-scalars", 477),
            ("state", 1220),
            ("ruby-encoded", 1220),
            ("gadget-named", 1223),
            ("type-name", 1220),
            ("tool", 1220),
            ("connects", 8076),
            ("bytecode", 3045),
            ("name", 3045),
        ],
        shape: &[
            846, // over_32_bytes
            454, // over_128_bytes
            -360, // over_512_bytes
            -117, // over_2048_bytes
            -637, // several_lines
            -756, // many_lines
            -906, // words_in_a_row
            -813, // sentence
            -440, // mostly_letters
            428, // mostly_marks
            3, // is_name
            -182, // no_blank
            21, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -2212,
        signs: &[
            ("name", 8059),
            ("key", 8059),
            ("whole", 8059),
            ("assigns", 3158),
            ("member", 1710),
            ("alone", 3467),
        ],
        shape: &[
            650, // over_32_bytes
            255, // over_128_bytes
            -361, // over_512_bytes
            -117, // over_2048_bytes
            -637, // several_lines
            -756, // many_lines
            -906, // words_in_a_row
            -813, // sentence
            -314, // mostly_letters
            899, // mostly_marks
            3, // is_name
            386, // no_blank
            21, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -2229,
        signs: &[
            ("cycle", 8059),
            ("credentials", 8059),
            ("directives", 8059),
            ("repeated", 8059),
            ("deep", 3045),
            ("aliases", 3045),
            ("credentials-few", 3137),
            ("directives-few", 3045),
            ("repeated-few", 3045),
            ("introspection", 3409),
            ("nested", 1220),
            ("aliases-few", 1220),
            ("operations", 1220),
            ("types-loop", 3046),
            ("probes", 3409),
            ("credentials-several", 3137),
        ],
        shape: &[
            802, // over_32_bytes
            382, // over_128_bytes
            -246, // over_512_bytes
            -117, // over_2048_bytes
            -470, // several_lines
            -612, // many_lines
            -807, // words_in_a_row
            -813, // sentence
            -341, // mostly_letters
            804, // mostly_marks
            3, // is_name
            194, // no_blank
            21, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -2485,
        signs: &[
            ("host", 8059),
            ("tool", 2765),
            ("placeholder", 3045),
            ("collector", 1220),
            ("names-itself", 8059),
            ("beside-browser", 3051),
        ],
        shape: &[
            605, // over_32_bytes
            221, // over_128_bytes
            -361, // over_512_bytes
            -117, // over_2048_bytes
            -637, // several_lines
            -756, // many_lines
            -906, // words_in_a_row
            -813, // sentence
            -440, // mostly_letters
            799, // mostly_marks
            3, // is_name
            161, // no_blank
            21, // document
        ],
    },
];
