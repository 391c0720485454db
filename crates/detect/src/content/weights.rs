//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2721,
        signs: &[
            ("tautology", 8071),
            ("break_union", 8063),
            ("break_stacked", 8066),
            ("break_probe", 8075),
            ("break_clause", 8074),
            ("shape", 2670),
            ("union", 5268),
            ("sub_select", 2838),
            ("waits", 993),
            ("catalogue", 3764),
            ("probe", 374),
            ("nested_probe", 2054),
            ("characters", 2995),
            ("nulls", 1763),
            ("ends_in_comment", 4846),
            ("ends_in_string", 2037),
            ("closes", 919),
            ("sql", -138),
            ("continues", 1197),
            ("constants", 3004),
            ("statement", 0),
            ("deed", 3188),
            ("order", 3742),
            ("case", 2291),
            ("prose", -357),
            ("clause_alone", 3569),
            ("asks", 460),
            ("stacked", 4216),
            ("quote_and_comment", 4678),
            ("comment_for_blank", 4081),
            ("quote_and_operator", 3077),
            ("hexadecimal", 1870),
        ],
        shape: &[
            -73, // over_32_bytes
            3, // over_128_bytes
            -835, // over_512_bytes
            196, // over_2048_bytes
            -309, // several_lines
            -1193, // many_lines
            -415, // words_in_a_row
            -2438, // sentence
            -995, // mostly_letters
            857, // mostly_marks
            -454, // is_name
            -327, // no_blank
            -934, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -2058,
        signs: &[
            ("probe", 8675),
            ("out-of-attribute", 8062),
            ("out-of-element", 8062),
            ("out-of-string", 8077),
            ("address", 8062),
            ("constructed", 8062),
            ("symbols", 8062),
            ("hidden-address", 8062),
            ("utf-7", 8079),
            ("lone-handler", 8061),
            ("told", 2080),
            ("runs", 3035),
            ("script-tag", 2447),
            ("style", 3667),
            ("call", 2614),
            ("symbols-few", 3142),
            ("changes", 5432),
            ("odd-separator", 3594),
            ("address-calls", 1511),
            ("steals", 4045),
            ("opens", 2228),
            ("handler", -619),
            ("script", -527),
            ("address-somewhere", 1694),
            ("proof-somewhere", 1034),
            ("frame", 1770),
            ("loads", 4974),
            ("hidden", 1698),
            ("torn", 3278),
            ("code", 679),
            ("odd-source", 4736),
            ("unfinished", 4012),
        ],
        shape: &[
            762, // over_32_bytes
            2228, // over_128_bytes
            -468, // over_512_bytes
            -205, // over_2048_bytes
            -310, // several_lines
            -1423, // many_lines
            -2081, // words_in_a_row
            -837, // sentence
            -1344, // mostly_letters
            3009, // mostly_marks
            745, // is_name
            2536, // no_blank
            176, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -343,
        signs: &[
            ("leading separator", 8063),
            ("appended", 8062),
            ("separator and command", 5787),
            ("substitution", 8062),
            ("substitution of a word", 4858),
            ("command", 910),
            ("command on a target", 8071),
            ("spliced name", 8102),
            ("blank by variable", 8063),
            ("slice of a variable", 3694),
            ("brace expansion", 8067),
            ("globbed path", 8069),
            ("function that runs where it is read", 8126),
            ("command that looks around and nothing else", 3969),
            ("reverse shell", 8062),
            ("reverse shell in text", 3037),
            ("server-side include", 8062),
            ("call that runs a command", 8064),
            ("call that runs something", 3383),
            ("hidden powershell", 8061),
            ("powershell", 3681),
            ("control flow of cmd", 2581),
            ("variable as a command", 3510),
            ("empty expansion", 3065),
            ("here string or process substitution", 3887),
            ("command of a mail protocol", 8090),
            ("command with a target in text", 3095),
            ("separator and name of a program", -1160),
            ("command in text", -464),
            ("name of a program alone", 88),
            ("tilde expansion", 1463),
            ("path to a program", 2577),
        ],
        shape: &[
            -184, // over_32_bytes
            -420, // over_128_bytes
            -597, // over_512_bytes
            -166, // over_2048_bytes
            -1308, // several_lines
            -1283, // many_lines
            -245, // words_in_a_row
            -1076, // sentence
            321, // mostly_letters
            3021, // mostly_marks
            793, // is_name
            327, // no_blank
            315, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -2344,
        signs: &[
            ("climb to a target", 8105),
            ("escaped climb", 8082),
            ("far climb", 8092),
            ("climb out of the root", 8088),
            ("odd separators in a climb", 8070),
            ("file that is the system's own", 3795),
            ("segments of dots", 8139),
            ("server that lists of files name", 3737),
            ("stream wrapper", 8070),
            ("climb in base64", 8061),
            ("path cut off by a null byte", 8068),
            ("climb of some levels", 0),
            ("path with a null byte", 2069),
            ("file of passwords", 8079),
            ("file of windows", 4205),
            ("file of a process", 3638),
            ("log of a server", 3749),
            ("configuration of a server", 3641),
            ("file of secrets", 5077),
            ("backup of a source", 3585),
            ("file url", 0),
            ("filter of a stream", 8106),
            ("path with slashes of both kinds", 3623),
            ("run of dots", 4613),
            ("climb in text", 1494),
            ("target in text", 2423),
            ("path that a system has and no API", 1728),
            ("hidden file", -7),
            ("share of a host", 358),
            ("climb and nothing else", 3699),
            ("file of the process that reads it", 8062),
            ("path of a system in its documentation", -63),
        ],
        shape: &[
            434, // over_32_bytes
            1565, // over_128_bytes
            346, // over_512_bytes
            -209, // over_2048_bytes
            -1002, // several_lines
            -1185, // many_lines
            -1400, // words_in_a_row
            -1287, // sentence
            429, // mostly_letters
            -249, // mostly_marks
            35, // is_name
            1361, // no_blank
            -15, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1900,
        signs: &[
            ("constants are calculated", 8067),
            ("classes are reached", 8063),
            ("objects of the platform are reached", 8064),
            ("a program is run", 8063),
            ("a filter runs a function", 8063),
            ("a constructor is reached", 8070),
            ("a directive imports or runs", 8080),
            ("delimiters of several engines", 8061),
            ("constants are calculated in text", 3042),
            ("classes are reached in text", 2395),
            ("objects of the platform in text", 2530),
            ("a program is run in text", 2529),
            ("classes are reached without delimiters", 3547),
            ("objects of the platform without delimiters", 4326),
            ("a program is run without delimiters", 4020),
            ("a method of a literal", 3190),
            ("globals of an engine", 4236),
            ("a call in an expression", 3151),
            ("an expression and nothing else", 700),
            ("a statement of a template", 1290),
            ("an error is provoked", 3730),
            ("an expression that is not closed", 1220),
            ("a block with a value of its own", 3060),
            ("a scriptlet", 377),
            ("an assignment in a directive", 3086),
            ("an expression is closed before one opens", 3037),
        ],
        shape: &[
            466, // over_32_bytes
            -354, // over_128_bytes
            -783, // over_512_bytes
            -122, // over_2048_bytes
            -1214, // several_lines
            -1142, // many_lines
            -1021, // words_in_a_row
            -1043, // sentence
            -446, // mostly_letters
            396, // mostly_marks
            0, // is_name
            -726, // no_blank
            -41, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -2447,
        signs: &[
            ("names of a directory are looked up", 8061),
            ("the name of a look-up is spliced", 8061),
            ("a remote look-up in text", 3037),
            ("a variable is looked up within another look-up", 3037),
            ("a variable is looked up", 1220),
            ("a look-up within a look-up", 1220),
            ("a protocol of a directory", 1220),
            ("the name of a remote look-up", 1220),
            ("the environment or a key is looked up", 3037),
        ],
        shape: &[
            590, // over_32_bytes
            256, // over_128_bytes
            -387, // over_512_bytes
            -122, // over_2048_bytes
            -603, // several_lines
            -786, // many_lines
            -883, // words_in_a_row
            -770, // sentence
            -446, // mostly_letters
            815, // mostly_marks
            0, // is_name
            201, // no_blank
            12, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -2183,
        signs: &[
            ("url of a metadata service", 8201),
            ("internal address in an odd notation", 8067),
            ("public address in an odd notation", 8219),
            ("scheme that sends raw bytes", 8069),
            ("authority that is read in two ways", 8078),
            ("port of another protocol on the own machine", 8070),
            ("internal host behind a user", 8061),
            ("url of the own machine", 2245),
            ("url of a private network", 408),
            ("url within a cluster", 1220),
            ("name that resolves to what it says", 3514),
            ("host that records its callers", 3037),
            ("scheme of another service", 2389),
            ("url of a file", 2302),
            ("user that is written as a host", 3071),
            ("url of a metadata service in text", 3437),
            ("url of an internal host in text", 1749),
            ("url without a scheme", 1846),
            ("more slashes than a url has", 3154),
            ("backslashes before a host", 3192),
            ("scheme without slashes", 3126),
            ("url as a path", 3306),
            ("escaped bytes before a host", 8217),
            ("host and a climb", 3234),
            ("host in letters of another kind", 3392),
            ("internal url in a parameter", 3052),
            ("url of an address", 461),
            ("path of a metadata service", 3039),
            ("user with a port", 3037),
            ("address of a metadata service alone", 3037),
            ("form that browsers repair and nobody writes", 4725),
            ("host without a scheme and nothing else", 4223),
        ],
        shape: &[
            1747, // over_32_bytes
            134, // over_128_bytes
            -509, // over_512_bytes
            -122, // over_2048_bytes
            -724, // several_lines
            -908, // many_lines
            -1006, // words_in_a_row
            -893, // sentence
            -375, // mostly_letters
            352, // mostly_marks
            0, // is_name
            -930, // no_blank
            12, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -2456,
        signs: &[
            ("field of a response behind a datum", 8061),
            ("field behind an escaped line end", 8062),
            ("second message behind a datum", 8061),
            ("recipient behind a datum", 8061),
            ("field of a response in text", 1190),
            ("field of a mail behind a datum", 3037),
            ("entry of a log behind a datum", 3037),
            ("body behind an empty line", 3037),
            ("line end in a name", 3037),
            ("escaped line end", 1220),
            ("field behind a line end as in source code", 3037),
            ("field of a response behind a sentence", 3037),
            ("line end at the beginning", 1183),
            ("field of a mail in text", 1181),
        ],
        shape: &[
            582, // over_32_bytes
            249, // over_128_bytes
            -391, // over_512_bytes
            -123, // over_2048_bytes
            -610, // several_lines
            -791, // many_lines
            -891, // words_in_a_row
            -776, // sentence
            -448, // mostly_letters
            815, // mostly_marks
            0, // is_name
            201, // no_blank
            10, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2442,
        signs: &[
            ("external", 8062),
            ("parameter", 8061),
            ("nested", 8061),
            ("bomb", 8061),
            ("foreign-type", 8061),
            ("includes-file", 8061),
            ("transforms", 8065),
            ("split", 8096),
            ("encoding", 8061),
            ("external-name", 3120),
            ("internal", 3502),
            ("includes", 3037),
            ("repeats", 3037),
            ("stylesheet", 785),
            ("type", 1558),
            ("letter", 1245),
            ("schema", 1220),
            ("bare", 3110),
            ("used", 3046),
        ],
        shape: &[
            596, // over_32_bytes
            800, // over_128_bytes
            -455, // over_512_bytes
            -190, // over_2048_bytes
            -671, // several_lines
            -854, // many_lines
            -883, // words_in_a_row
            -770, // sentence
            -515, // mostly_letters
            22, // mostly_marks
            0, // is_name
            210, // no_blank
            251, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -3053,
        signs: &[
            ("credential", 8062),
            ("runs", 8064),
            ("out-of-string", 8167),
            ("out-of-number", 8134),
            ("always", 8061),
            ("out-of-object", 8078),
            ("command", 8061),
            ("script", 8061),
            ("name", 2622),
            ("object", 3055),
            ("shell", 2294),
            ("operator", 1701),
            ("tautology", 1220),
            ("shell-writes", 3368),
            ("operator-alone", 3055),
        ],
        shape: &[
            1575, // over_32_bytes
            256, // over_128_bytes
            -387, // over_512_bytes
            -122, // over_2048_bytes
            -603, // several_lines
            -786, // many_lines
            -883, // words_in_a_row
            -770, // sentence
            -446, // mostly_letters
            1519, // mostly_marks
            -513, // is_name
            -335, // no_blank
            12, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2389,
        signs: &[
            ("leaves", 8062),
            ("joins", 8077),
            ("matches-all", 8081),
            ("rule", 8079),
            ("cut", 8064),
            ("closes", 3042),
            ("credential", 3523),
            ("escaped", 1164),
            ("filter", 1094),
            ("second", 3318),
        ],
        shape: &[
            1493, // over_32_bytes
            228, // over_128_bytes
            -415, // over_512_bytes
            -122, // over_2048_bytes
            -631, // several_lines
            -814, // many_lines
            -911, // words_in_a_row
            -799, // sentence
            -446, // mostly_letters
            447, // mostly_marks
            0, // is_name
            -649, // no_blank
            12, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -2142,
        signs: &[
            ("leaves", 8094),
            ("path", 8072),
            ("probe", 3803),
            ("tautology", 4020),
            ("expression", 466),
            ("leaves-number", 3037),
            ("fetches", 8072),
        ],
        shape: &[
            965, // over_32_bytes
            244, // over_128_bytes
            -399, // over_512_bytes
            -122, // over_2048_bytes
            -615, // several_lines
            -797, // many_lines
            -895, // words_in_a_row
            -782, // sentence
            -446, // mostly_letters
            456, // mostly_marks
            0, // is_name
            -170, // no_blank
            12, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -2583,
        signs: &[
            ("php", 8061),
            ("java", 8061),
            ("pickle", 8061),
            ("dotnet", 8061),
            ("node", 8068),
            ("tag", 8061),
            ("gadget", 8062),
            ("decoder", 8064),
            ("ruby", 3037),
            ("pickle-encoded", 3037),
            ("php-standard", 3037),
            ("tag-named", 3037),
            ("type", 3037),
            ("class", 3490),
            ("php-scalars", 469),
            ("state", 1220),
            ("ruby-encoded", 1220),
            ("gadget-named", 1224),
            ("type-name", 1220),
            ("tool", 1220),
            ("connects", 8079),
            ("bytecode", 3037),
            ("name", 3037),
        ],
        shape: &[
            831, // over_32_bytes
            487, // over_128_bytes
            -385, // over_512_bytes
            -122, // over_2048_bytes
            -603, // several_lines
            -786, // many_lines
            -883, // words_in_a_row
            -770, // sentence
            -446, // mostly_letters
            439, // mostly_marks
            0, // is_name
            -175, // no_blank
            12, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -2204,
        signs: &[
            ("name", 8061),
            ("key", 8062),
            ("whole", 8061),
            ("assigns", 3149),
            ("member", 1707),
            ("alone", 3457),
        ],
        shape: &[
            635, // over_32_bytes
            289, // over_128_bytes
            -387, // over_512_bytes
            -122, // over_2048_bytes
            -603, // several_lines
            -786, // many_lines
            -883, // words_in_a_row
            -770, // sentence
            -320, // mostly_letters
            913, // mostly_marks
            0, // is_name
            396, // no_blank
            12, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -2220,
        signs: &[
            ("cycle", 8061),
            ("credentials", 8061),
            ("directives", 8061),
            ("repeated", 8061),
            ("deep", 3037),
            ("aliases", 3037),
            ("credentials-few", 3127),
            ("directives-few", 3037),
            ("repeated-few", 3037),
            ("introspection", 3400),
            ("nested", 1221),
            ("aliases-few", 1220),
            ("operations", 1220),
            ("types-loop", 3037),
            ("probes", 3400),
            ("credentials-several", 3127),
        ],
        shape: &[
            787, // over_32_bytes
            417, // over_128_bytes
            -272, // over_512_bytes
            -122, // over_2048_bytes
            -437, // several_lines
            -642, // many_lines
            -785, // words_in_a_row
            -770, // sentence
            -348, // mostly_letters
            820, // mostly_marks
            0, // is_name
            205, // no_blank
            12, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -2475,
        signs: &[
            ("host", 8061),
            ("tool", 2755),
            ("placeholder", 3037),
            ("collector", 1220),
            ("names-itself", 8062),
            ("beside-browser", 3042),
        ],
        shape: &[
            591, // over_32_bytes
            256, // over_128_bytes
            -387, // over_512_bytes
            -122, // over_2048_bytes
            -603, // several_lines
            -786, // many_lines
            -883, // words_in_a_row
            -770, // sentence
            -446, // mostly_letters
            815, // mostly_marks
            0, // is_name
            172, // no_blank
            12, // document
        ],
    },
];
