//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2638,
        signs: &[
            ("tautology", 8056),
            ("break_union", 8047),
            ("break_stacked", 8050),
            ("break_probe", 8058),
            ("break_clause", 8060),
            ("shape", 2719),
            ("union", 5167),
            ("sub_select", 2771),
            ("waits", 670),
            ("catalogue", 3724),
            ("probe", 496),
            ("nested_probe", 1912),
            ("characters", 2821),
            ("nulls", 1681),
            ("ends_in_comment", 4839),
            ("ends_in_string", 2044),
            ("closes", 842),
            ("sql", -165),
            ("continues", 1162),
            ("constants", 2812),
            ("statement", 0),
            ("deed", 3166),
            ("order", 3623),
            ("case", 3089),
            ("prose", -350),
            ("clause_alone", 3479),
            ("asks", 1694),
            ("stacked", 4229),
            ("quote_and_comment", 4548),
            ("comment_for_blank", 3954),
            ("quote_and_operator", 2936),
            ("hexadecimal", 1708),
        ],
        shape: &[
            -115, // over_32_bytes
            -66, // over_128_bytes
            -827, // over_512_bytes
            185, // over_2048_bytes
            -285, // several_lines
            -1246, // many_lines
            -429, // words_in_a_row
            -2380, // sentence
            -1029, // mostly_letters
            803, // mostly_marks
            -407, // is_name
            -405, // no_blank
            -941, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -320,
        signs: &[
            ("probe", 8050),
            ("out-of-attribute", 8046),
            ("out-of-element", 8046),
            ("out-of-string", 8049),
            ("address", 8047),
            ("constructed", 8046),
            ("symbols", 8046),
            ("hidden-address", 8047),
            ("utf-7", 8054),
            ("lone-handler", 8046),
            ("told", 1490),
            ("runs", 2178),
            ("script-tag", 2369),
            ("style", 3667),
            ("call", 2684),
            ("symbols-few", 3020),
            ("changes", 4380),
            ("odd-separator", 3295),
            ("address-calls", 0),
            ("steals", 3030),
            ("opens", 1859),
            ("handler", -452),
            ("script", -716),
            ("address-somewhere", 1717),
            ("proof-somewhere", 378),
            ("frame", 1574),
            ("shape", 152),
            ("hidden", 1509),
            ("torn", 2230),
            ("code", 173),
        ],
        shape: &[
            231, // over_32_bytes
            1550, // over_128_bytes
            -422, // over_512_bytes
            18, // over_2048_bytes
            -1017, // several_lines
            -1668, // many_lines
            -1690, // words_in_a_row
            -679, // sentence
            -724, // mostly_letters
            1254, // mostly_marks
            2053, // is_name
            852, // no_blank
            703, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -129,
        signs: &[
            ("leading separator", 8049),
            ("appended", 8047),
            ("separator and command", 5710),
            ("substitution", 8046),
            ("substitution of a word", 5056),
            ("command", 823),
            ("command on a target", 8054),
            ("spliced name", 8082),
            ("blank by variable", 8047),
            ("slice of a variable", 3433),
            ("brace expansion", 8052),
            ("globbed path", 8052),
            ("function that runs where it is read", 8119),
            ("command that looks around and nothing else", 3892),
            ("reverse shell", 8046),
            ("reverse shell in text", 2845),
            ("server-side include", 8046),
            ("call that runs a command", 8051),
            ("call that runs something", 3257),
            ("hidden powershell", 8046),
            ("powershell", 3399),
            ("control flow of cmd", 4929),
            ("variable as a command", 3274),
            ("empty expansion", 2875),
            ("here string or process substitution", 3437),
            ("command of a mail protocol", 8050),
            ("command with a target in text", 2913),
            ("separator and name of a program", -1387),
            ("command in text", -789),
            ("name of a program alone", -7),
            ("tilde expansion", 1480),
            ("path to a program", 2335),
        ],
        shape: &[
            52, // over_32_bytes
            -1241, // over_128_bytes
            -638, // over_512_bytes
            -179, // over_2048_bytes
            1760, // several_lines
            -2083, // many_lines
            -887, // words_in_a_row
            -1492, // sentence
            199, // mostly_letters
            2977, // mostly_marks
            701, // is_name
            26, // no_blank
            303, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -2182,
        signs: &[
            ("climb to a target", 8091),
            ("escaped climb", 8068),
            ("far climb", 8078),
            ("climb out of the root", 8073),
            ("odd separators in a climb", 8055),
            ("file that is the system's own", 3660),
            ("segments of dots", 8119),
            ("server that lists of files name", 3610),
            ("stream wrapper", 8053),
            ("climb in base64", 8046),
            ("path cut off by a null byte", 8053),
            ("climb of some levels", 0),
            ("path with a null byte", 1938),
            ("file of passwords", 8062),
            ("file of windows", 4057),
            ("file of a process", 3487),
            ("log of a server", 3609),
            ("configuration of a server", 3501),
            ("file of secrets", 4997),
            ("backup of a source", 3411),
            ("file url", 0),
            ("filter of a stream", 8086),
            ("path with slashes of both kinds", 3458),
            ("run of dots", 4494),
            ("climb in text", 1399),
            ("target in text", 2442),
            ("path that a system has and no API", 1675),
            ("hidden file", -115),
            ("share of a host", 315),
            ("climb and nothing else", 3582),
            ("file of the process that reads it", 8046),
            ("path of a system in its documentation", -185),
        ],
        shape: &[
            387, // over_32_bytes
            1526, // over_128_bytes
            346, // over_512_bytes
            -231, // over_2048_bytes
            -313, // several_lines
            -1488, // many_lines
            -1431, // words_in_a_row
            -1362, // sentence
            437, // mostly_letters
            -275, // mostly_marks
            85, // is_name
            1331, // no_blank
            2, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1719,
        signs: &[
            ("constants are calculated", 8052),
            ("classes are reached", 8048),
            ("objects of the platform are reached", 8049),
            ("a program is run", 8048),
            ("a filter runs a function", 8047),
            ("a constructor is reached", 8054),
            ("a directive imports or runs", 8062),
            ("delimiters of several engines", 8046),
            ("constants are calculated in text", 2851),
            ("classes are reached in text", 2196),
            ("objects of the platform in text", 2352),
            ("a program is run in text", 2351),
            ("classes are reached without delimiters", 3372),
            ("objects of the platform without delimiters", 4177),
            ("a program is run without delimiters", 3859),
            ("a method of a literal", 3015),
            ("globals of an engine", 4139),
            ("a call in an expression", 3165),
            ("an expression and nothing else", 577),
            ("a statement of a template", 1175),
            ("an error is provoked", 3560),
            ("an expression that is not closed", 1209),
            ("a block with a value of its own", 2872),
            ("a scriptlet", 276),
            ("an assignment in a directive", 2896),
            ("an expression is closed before one opens", 2845),
        ],
        shape: &[
            423, // over_32_bytes
            -362, // over_128_bytes
            -773, // over_512_bytes
            -119, // over_2048_bytes
            -962, // several_lines
            -1316, // many_lines
            -1026, // words_in_a_row
            -1104, // sentence
            -465, // mostly_letters
            359, // mostly_marks
            49, // is_name
            -765, // no_blank
            -18, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -2167,
        signs: &[
            ("names of a directory are looked up", 8046),
            ("the name of a look-up is spliced", 8046),
            ("a remote look-up in text", 2845),
            ("a variable is looked up within another look-up", 2845),
            ("a variable is looked up", 1209),
            ("a look-up within a look-up", 1209),
            ("a protocol of a directory", 1209),
            ("the name of a remote look-up", 1209),
            ("the environment or a key is looked up", 2845),
        ],
        shape: &[
            508, // over_32_bytes
            248, // over_128_bytes
            -381, // over_512_bytes
            -119, // over_2048_bytes
            -350, // several_lines
            -952, // many_lines
            -907, // words_in_a_row
            -838, // sentence
            -465, // mostly_letters
            741, // mostly_marks
            49, // is_name
            102, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -1933,
        signs: &[
            ("url of a metadata service", 8169),
            ("internal address in an odd notation", 8052),
            ("public address in an odd notation", 8187),
            ("scheme that sends raw bytes", 8053),
            ("authority that is read in two ways", 8062),
            ("port of another protocol on the own machine", 8054),
            ("internal host behind a user", 8046),
            ("url of the own machine", 2088),
            ("url of a private network", 332),
            ("url within a cluster", 1209),
            ("name that resolves to what it says", 3345),
            ("host that records its callers", 2845),
            ("scheme of another service", 2226),
            ("url of a file", 2124),
            ("user that is written as a host", 2885),
            ("url of a metadata service in text", 3249),
            ("url of an internal host in text", 1689),
            ("url without a scheme", 1765),
            ("more slashes than a url has", 2979),
            ("backslashes before a host", 3018),
            ("scheme without slashes", 2941),
            ("url as a path", 3135),
            ("escaped bytes before a host", 8178),
            ("host and a climb", 3061),
            ("host in letters of another kind", 3224),
            ("internal url in a parameter", 2866),
            ("url of an address", 446),
            ("path of a metadata service", 2847),
            ("user with a port", 2845),
            ("address of a metadata service alone", 2845),
            ("form that browsers repair and nobody writes", 4667),
            ("host without a scheme and nothing else", 4082),
        ],
        shape: &[
            1673, // over_32_bytes
            118, // over_128_bytes
            -510, // over_512_bytes
            -119, // over_2048_bytes
            -479, // several_lines
            -1082, // many_lines
            -1037, // words_in_a_row
            -968, // sentence
            -389, // mostly_letters
            334, // mostly_marks
            49, // is_name
            -1010, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -2176,
        signs: &[
            ("field of a response behind a datum", 8046),
            ("field behind an escaped line end", 8046),
            ("second message behind a datum", 8046),
            ("recipient behind a datum", 8046),
            ("field of a response in text", 1173),
            ("field of a mail behind a datum", 2845),
            ("entry of a log behind a datum", 2845),
            ("body behind an empty line", 2845),
            ("line end in a name", 2845),
            ("escaped line end", 1210),
            ("field behind a line end as in source code", 2845),
            ("field of a response behind a sentence", 2845),
            ("line end at the beginning", 1171),
            ("field of a mail in text", 1163),
        ],
        shape: &[
            498, // over_32_bytes
            239, // over_128_bytes
            -386, // over_512_bytes
            -121, // over_2048_bytes
            -359, // several_lines
            -959, // many_lines
            -916, // words_in_a_row
            -844, // sentence
            -467, // mostly_letters
            741, // mostly_marks
            49, // is_name
            102, // no_blank
            34, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2048,
        signs: &[
            ("external", 8046),
            ("parameter", 8046),
            ("nested", 8046),
            ("bomb", 8046),
            ("foreign-type", 8046),
            ("includes-file", 8046),
            ("transforms", 8049),
            ("split", 8074),
            ("encoding", 8046),
            ("external-name", 3452),
            ("internal", 3248),
            ("includes", 2845),
            ("repeats", 2845),
            ("stylesheet", 595),
            ("type", 1518),
            ("letter", 1231),
            ("schema", 1209),
        ],
        shape: &[
            626, // over_32_bytes
            786, // over_128_bytes
            -474, // over_512_bytes
            -213, // over_2048_bytes
            -444, // several_lines
            -1046, // many_lines
            -907, // words_in_a_row
            -838, // sentence
            -559, // mostly_letters
            -124, // mostly_marks
            49, // is_name
            110, // no_blank
            285, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -2775,
        signs: &[
            ("credential", 8046),
            ("runs", 8048),
            ("out-of-string", 8125),
            ("out-of-number", 8103),
            ("always", 8046),
            ("out-of-object", 8060),
            ("command", 8046),
            ("script", 8046),
            ("name", 2319),
            ("object", 3138),
            ("shell", 2398),
            ("operator", 1524),
            ("tautology", 1209),
        ],
        shape: &[
            1985, // over_32_bytes
            248, // over_128_bytes
            -381, // over_512_bytes
            -119, // over_2048_bytes
            -350, // several_lines
            -952, // many_lines
            -907, // words_in_a_row
            -838, // sentence
            -465, // mostly_letters
            1487, // mostly_marks
            -533, // is_name
            -159, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2221,
        signs: &[
            ("leaves", 8049),
            ("joins", 8062),
            ("matches-all", 8067),
            ("rule", 8063),
            ("cut", 8050),
            ("closes", 2855),
            ("credential", 3389),
            ("escaped", 1155),
            ("filter", 1131),
        ],
        shape: &[
            1298, // over_32_bytes
            221, // over_128_bytes
            -408, // over_512_bytes
            -119, // over_2048_bytes
            -378, // several_lines
            -980, // many_lines
            -934, // words_in_a_row
            -865, // sentence
            -465, // mostly_letters
            271, // mostly_marks
            49, // is_name
            -748, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -1906,
        signs: &[
            ("leaves", 8074),
            ("path", 8055),
            ("probe", 3673),
            ("tautology", 3825),
            ("expression", 382),
        ],
        shape: &[
            849, // over_32_bytes
            173, // over_128_bytes
            -427, // over_512_bytes
            -119, // over_2048_bytes
            -426, // several_lines
            -1028, // many_lines
            -982, // words_in_a_row
            -900, // sentence
            -492, // mostly_letters
            379, // mostly_marks
            49, // is_name
            -241, // no_blank
            22, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -2172,
        signs: &[
            ("php", 8046),
            ("java", 8046),
            ("pickle", 8046),
            ("dotnet", 8046),
            ("node", 8046),
            ("tag", 8046),
            ("gadget", 8046),
            ("decoder", 8046),
            ("ruby", 2845),
            ("pickle-encoded", 2845),
            ("php-standard", 2845),
            ("tag-named", 2845),
            ("type", 2845),
            ("class", 2880),
            ("php-scalars", 1053),
            ("state", 1209),
            ("ruby-encoded", 1209),
            ("gadget-named", 1270),
            ("type-name", 1209),
            ("tool", 1209),
        ],
        shape: &[
            517, // over_32_bytes
            258, // over_128_bytes
            -374, // over_512_bytes
            -119, // over_2048_bytes
            -350, // several_lines
            -952, // many_lines
            -907, // words_in_a_row
            -838, // sentence
            -465, // mostly_letters
            726, // mostly_marks
            49, // is_name
            86, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -1487,
        signs: &[
            ("name", 8046),
            ("key", 8046),
            ("whole", 8046),
            ("assigns", 3084),
            ("member", 2569),
        ],
        shape: &[
            582, // over_32_bytes
            256, // over_128_bytes
            -381, // over_512_bytes
            -119, // over_2048_bytes
            -350, // several_lines
            -952, // many_lines
            -907, // words_in_a_row
            -838, // sentence
            -131, // mostly_letters
            989, // mostly_marks
            49, // is_name
            703, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -1098,
        signs: &[
            ("cycle", 8046),
            ("credentials", 8046),
            ("directives", 8046),
            ("repeated", 8046),
            ("deep", 2845),
            ("aliases", 2845),
            ("credentials-few", 3026),
            ("directives-few", 2845),
            ("repeated-few", 2845),
            ("introspection", 2866),
            ("nested", 1508),
            ("aliases-few", 1209),
            ("operations", 1209),
            ("types-loop", 2845),
        ],
        shape: &[
            1275, // over_32_bytes
            778, // over_128_bytes
            59, // over_512_bytes
            -119, // over_2048_bytes
            65, // several_lines
            -653, // many_lines
            -698, // words_in_a_row
            -838, // sentence
            -256, // mostly_letters
            763, // mostly_marks
            49, // is_name
            273, // no_blank
            36, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -2157,
        signs: &[
            ("host", 8046),
            ("tool", 2937),
            ("placeholder", 2845),
            ("collector", 1209),
        ],
        shape: &[
            508, // over_32_bytes
            248, // over_128_bytes
            -381, // over_512_bytes
            -119, // over_2048_bytes
            -350, // several_lines
            -952, // many_lines
            -907, // words_in_a_row
            -838, // sentence
            -465, // mostly_letters
            741, // mostly_marks
            49, // is_name
            106, // no_blank
            36, // document
        ],
    },
];
