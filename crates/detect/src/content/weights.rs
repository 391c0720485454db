//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2623,
        signs: &[
            ("tautology", 8056),
            ("break_union", 8047),
            ("break_stacked", 8050),
            ("break_probe", 8058),
            ("break_clause", 8059),
            ("shape", 2718),
            ("union", 5160),
            ("sub_select", 2774),
            ("waits", 661),
            ("catalogue", 3722),
            ("probe", 508),
            ("nested_probe", 1903),
            ("characters", 2814),
            ("nulls", 1676),
            ("ends_in_comment", 4837),
            ("ends_in_string", 2125),
            ("closes", 848),
            ("sql", -173),
            ("continues", 1170),
            ("constants", 2813),
            ("statement", 0),
            ("deed", 3164),
            ("order", 3616),
            ("case", 3091),
            ("prose", -360),
            ("clause_alone", 3472),
            ("asks", 1674),
            ("stacked", 4209),
            ("quote_and_comment", 4543),
            ("comment_for_blank", 3958),
            ("quote_and_operator", 2332),
            ("hexadecimal", 1715),
        ],
        shape: &[
            -112, // over_32_bytes
            -80, // over_128_bytes
            -824, // over_512_bytes
            186, // over_2048_bytes
            -291, // several_lines
            -1248, // many_lines
            -428, // words_in_a_row
            -2384, // sentence
            -1042, // mostly_letters
            782, // mostly_marks
            -396, // is_name
            -459, // no_blank
            -948, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -317,
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
            ("told", 1487),
            ("runs", 2177),
            ("script-tag", 2367),
            ("style", 3661),
            ("call", 2681),
            ("symbols-few", 3013),
            ("changes", 4376),
            ("odd-separator", 3289),
            ("address-calls", 0),
            ("steals", 3022),
            ("opens", 1856),
            ("handler", -452),
            ("script", -715),
            ("address-somewhere", 1717),
            ("proof-somewhere", 379),
            ("frame", 1573),
            ("shape", 151),
            ("hidden", 1509),
            ("torn", 2229),
            ("code", 174),
        ],
        shape: &[
            231, // over_32_bytes
            1550, // over_128_bytes
            -421, // over_512_bytes
            18, // over_2048_bytes
            -1018, // several_lines
            -1669, // many_lines
            -1690, // words_in_a_row
            -679, // sentence
            -723, // mostly_letters
            1253, // mostly_marks
            2053, // is_name
            851, // no_blank
            702, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -125,
        signs: &[
            ("leading separator", 8049),
            ("appended", 8047),
            ("separator and command", 5705),
            ("substitution", 8046),
            ("substitution of a word", 5052),
            ("command", 820),
            ("command on a target", 8054),
            ("spliced name", 8082),
            ("blank by variable", 8047),
            ("slice of a variable", 3426),
            ("brace expansion", 8052),
            ("globbed path", 8052),
            ("function that runs where it is read", 8119),
            ("command that looks around and nothing else", 3888),
            ("reverse shell", 8046),
            ("reverse shell in text", 2836),
            ("server-side include", 8046),
            ("call that runs a command", 8051),
            ("call that runs something", 3250),
            ("hidden powershell", 8046),
            ("powershell", 3392),
            ("control flow of cmd", 4923),
            ("variable as a command", 3266),
            ("empty expansion", 2866),
            ("here string or process substitution", 3431),
            ("command of a mail protocol", 8050),
            ("command with a target in text", 2905),
            ("separator and name of a program", -1388),
            ("command in text", -789),
            ("name of a program alone", -8),
            ("tilde expansion", 1480),
            ("path to a program", 2334),
        ],
        shape: &[
            52, // over_32_bytes
            -1241, // over_128_bytes
            -638, // over_512_bytes
            -179, // over_2048_bytes
            1758, // several_lines
            -2085, // many_lines
            -888, // words_in_a_row
            -1492, // sentence
            198, // mostly_letters
            2971, // mostly_marks
            702, // is_name
            24, // no_blank
            303, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -2177,
        signs: &[
            ("climb to a target", 8091),
            ("escaped climb", 8068),
            ("far climb", 8078),
            ("climb out of the root", 8073),
            ("odd separators in a climb", 8055),
            ("file that is the system's own", 3654),
            ("segments of dots", 8119),
            ("server that lists of files name", 3604),
            ("stream wrapper", 8053),
            ("climb in base64", 8046),
            ("path cut off by a null byte", 8053),
            ("climb of some levels", 0),
            ("path with a null byte", 1934),
            ("file of passwords", 8062),
            ("file of windows", 4051),
            ("file of a process", 3480),
            ("log of a server", 3603),
            ("configuration of a server", 3495),
            ("file of secrets", 4994),
            ("backup of a source", 3403),
            ("file url", 0),
            ("filter of a stream", 8086),
            ("path with slashes of both kinds", 3451),
            ("run of dots", 4489),
            ("climb in text", 1396),
            ("target in text", 2440),
            ("path that a system has and no API", 1674),
            ("hidden file", -118),
            ("share of a host", 313),
            ("climb and nothing else", 3577),
            ("file of the process that reads it", 8046),
            ("path of a system in its documentation", -188),
        ],
        shape: &[
            388, // over_32_bytes
            1525, // over_128_bytes
            346, // over_512_bytes
            -231, // over_2048_bytes
            -314, // several_lines
            -1488, // many_lines
            -1432, // words_in_a_row
            -1362, // sentence
            437, // mostly_letters
            -276, // mostly_marks
            87, // is_name
            1329, // no_blank
            1, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1713,
        signs: &[
            ("constants are calculated", 8052),
            ("classes are reached", 8048),
            ("objects of the platform are reached", 8049),
            ("a program is run", 8048),
            ("a filter runs a function", 8047),
            ("a constructor is reached", 8054),
            ("a directive imports or runs", 8062),
            ("delimiters of several engines", 8046),
            ("constants are calculated in text", 2842),
            ("classes are reached in text", 2188),
            ("objects of the platform in text", 2345),
            ("a program is run in text", 2344),
            ("classes are reached without delimiters", 3364),
            ("objects of the platform without delimiters", 4170),
            ("a program is run without delimiters", 3851),
            ("a method of a literal", 3007),
            ("globals of an engine", 4135),
            ("a call in an expression", 3164),
            ("an expression and nothing else", 573),
            ("a statement of a template", 1171),
            ("an error is provoked", 3553),
            ("an expression that is not closed", 1208),
            ("a block with a value of its own", 2863),
            ("a scriptlet", 273),
            ("an assignment in a directive", 2887),
            ("an expression is closed before one opens", 2836),
        ],
        shape: &[
            424, // over_32_bytes
            -362, // over_128_bytes
            -771, // over_512_bytes
            -119, // over_2048_bytes
            -962, // several_lines
            -1317, // many_lines
            -1026, // words_in_a_row
            -1103, // sentence
            -465, // mostly_letters
            356, // mostly_marks
            50, // is_name
            -766, // no_blank
            -19, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -2161,
        signs: &[
            ("names of a directory are looked up", 8046),
            ("the name of a look-up is spliced", 8046),
            ("a remote look-up in text", 2836),
            ("a variable is looked up within another look-up", 2836),
            ("a variable is looked up", 1208),
            ("a look-up within a look-up", 1208),
            ("a protocol of a directory", 1208),
            ("the name of a remote look-up", 1208),
            ("the environment or a key is looked up", 2836),
        ],
        shape: &[
            511, // over_32_bytes
            247, // over_128_bytes
            -380, // over_512_bytes
            -119, // over_2048_bytes
            -351, // several_lines
            -953, // many_lines
            -908, // words_in_a_row
            -838, // sentence
            -465, // mostly_letters
            729, // mostly_marks
            50, // is_name
            95, // no_blank
            35, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -1925,
        signs: &[
            ("url of a metadata service", 8169),
            ("internal address in an odd notation", 8052),
            ("public address in an odd notation", 8186),
            ("scheme that sends raw bytes", 8053),
            ("authority that is read in two ways", 8062),
            ("port of another protocol on the own machine", 8054),
            ("internal host behind a user", 8046),
            ("url of the own machine", 2083),
            ("url of a private network", 328),
            ("url within a cluster", 1208),
            ("name that resolves to what it says", 3337),
            ("host that records its callers", 2836),
            ("scheme of another service", 2220),
            ("url of a file", 2117),
            ("user that is written as a host", 2877),
            ("url of a metadata service in text", 3241),
            ("url of an internal host in text", 1686),
            ("url without a scheme", 1762),
            ("more slashes than a url has", 2971),
            ("backslashes before a host", 3010),
            ("scheme without slashes", 2933),
            ("url as a path", 3128),
            ("escaped bytes before a host", 8178),
            ("host and a climb", 3054),
            ("host in letters of another kind", 3216),
            ("internal url in a parameter", 2857),
            ("url of an address", 449),
            ("path of a metadata service", 2838),
            ("user with a port", 2836),
            ("address of a metadata service alone", 2836),
            ("form that browsers repair and nobody writes", 4666),
            ("host without a scheme and nothing else", 4076),
        ],
        shape: &[
            1674, // over_32_bytes
            117, // over_128_bytes
            -510, // over_512_bytes
            -119, // over_2048_bytes
            -480, // several_lines
            -1083, // many_lines
            -1038, // words_in_a_row
            -968, // sentence
            -388, // mostly_letters
            328, // mostly_marks
            50, // is_name
            -1012, // no_blank
            35, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -2170,
        signs: &[
            ("field of a response behind a datum", 8046),
            ("field behind an escaped line end", 8046),
            ("second message behind a datum", 8046),
            ("recipient behind a datum", 8046),
            ("field of a response in text", 1172),
            ("field of a mail behind a datum", 2836),
            ("entry of a log behind a datum", 2836),
            ("body behind an empty line", 2836),
            ("line end in a name", 2836),
            ("escaped line end", 1208),
            ("field behind a line end as in source code", 2836),
            ("field of a response behind a sentence", 2836),
            ("line end at the beginning", 1170),
            ("field of a mail in text", 1161),
        ],
        shape: &[
            501, // over_32_bytes
            238, // over_128_bytes
            -385, // over_512_bytes
            -121, // over_2048_bytes
            -361, // several_lines
            -960, // many_lines
            -917, // words_in_a_row
            -844, // sentence
            -467, // mostly_letters
            729, // mostly_marks
            50, // is_name
            95, // no_blank
            33, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2042,
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
            ("external-name", 3443),
            ("internal", 3239),
            ("includes", 2836),
            ("repeats", 2836),
            ("stylesheet", 595),
            ("type", 1517),
            ("letter", 1230),
            ("schema", 1208),
        ],
        shape: &[
            629, // over_32_bytes
            784, // over_128_bytes
            -474, // over_512_bytes
            -213, // over_2048_bytes
            -445, // several_lines
            -1047, // many_lines
            -908, // words_in_a_row
            -838, // sentence
            -559, // mostly_letters
            -135, // mostly_marks
            50, // is_name
            103, // no_blank
            285, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -2768,
        signs: &[
            ("credential", 8046),
            ("runs", 8048),
            ("out-of-string", 8125),
            ("out-of-number", 8103),
            ("always", 8046),
            ("out-of-object", 8060),
            ("command", 8046),
            ("script", 8046),
            ("name", 2315),
            ("object", 3131),
            ("shell", 2391),
            ("operator", 1525),
            ("tautology", 1208),
        ],
        shape: &[
            1988, // over_32_bytes
            247, // over_128_bytes
            -380, // over_512_bytes
            -119, // over_2048_bytes
            -351, // several_lines
            -953, // many_lines
            -908, // words_in_a_row
            -838, // sentence
            -465, // mostly_letters
            1478, // mostly_marks
            -531, // is_name
            -164, // no_blank
            35, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2215,
        signs: &[
            ("leaves", 8049),
            ("joins", 8062),
            ("matches-all", 8067),
            ("rule", 8063),
            ("cut", 8050),
            ("closes", 2846),
            ("credential", 3380),
            ("escaped", 1154),
            ("filter", 1132),
        ],
        shape: &[
            1300, // over_32_bytes
            220, // over_128_bytes
            -407, // over_512_bytes
            -119, // over_2048_bytes
            -379, // several_lines
            -981, // many_lines
            -935, // words_in_a_row
            -866, // sentence
            -465, // mostly_letters
            262, // mostly_marks
            50, // is_name
            -753, // no_blank
            35, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -1898,
        signs: &[
            ("leaves", 8074),
            ("path", 8055),
            ("probe", 3664),
            ("tautology", 3818),
            ("expression", 384),
        ],
        shape: &[
            852, // over_32_bytes
            172, // over_128_bytes
            -427, // over_512_bytes
            -119, // over_2048_bytes
            -427, // several_lines
            -1029, // many_lines
            -984, // words_in_a_row
            -901, // sentence
            -492, // mostly_letters
            370, // mostly_marks
            50, // is_name
            -246, // no_blank
            21, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -2167,
        signs: &[
            ("php", 8046),
            ("java", 8046),
            ("pickle", 8046),
            ("dotnet", 8046),
            ("node", 8046),
            ("tag", 8046),
            ("gadget", 8046),
            ("decoder", 8046),
            ("ruby", 2836),
            ("pickle-encoded", 2836),
            ("php-standard", 2836),
            ("tag-named", 2836),
            ("type", 2836),
            ("class", 2871),
            ("php-scalars", 1054),
            ("state", 1208),
            ("ruby-encoded", 1208),
            ("gadget-named", 1269),
            ("type-name", 1208),
            ("tool", 1208),
        ],
        shape: &[
            520, // over_32_bytes
            257, // over_128_bytes
            -374, // over_512_bytes
            -119, // over_2048_bytes
            -351, // several_lines
            -953, // many_lines
            -908, // words_in_a_row
            -838, // sentence
            -465, // mostly_letters
            714, // mostly_marks
            50, // is_name
            80, // no_blank
            35, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -1480,
        signs: &[
            ("name", 8046),
            ("key", 8046),
            ("whole", 8046),
            ("assigns", 3076),
            ("member", 2570),
        ],
        shape: &[
            585, // over_32_bytes
            255, // over_128_bytes
            -380, // over_512_bytes
            -119, // over_2048_bytes
            -351, // several_lines
            -953, // many_lines
            -908, // words_in_a_row
            -838, // sentence
            -131, // mostly_letters
            979, // mostly_marks
            50, // is_name
            697, // no_blank
            35, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -1094,
        signs: &[
            ("cycle", 8046),
            ("credentials", 8046),
            ("directives", 8046),
            ("repeated", 8046),
            ("deep", 2836),
            ("aliases", 2836),
            ("credentials-few", 3018),
            ("directives-few", 2836),
            ("repeated-few", 2836),
            ("introspection", 2863),
            ("nested", 1507),
            ("aliases-few", 1208),
            ("operations", 1208),
            ("types-loop", 2836),
        ],
        shape: &[
            1278, // over_32_bytes
            777, // over_128_bytes
            59, // over_512_bytes
            -119, // over_2048_bytes
            64, // several_lines
            -653, // many_lines
            -699, // words_in_a_row
            -838, // sentence
            -256, // mostly_letters
            752, // mostly_marks
            50, // is_name
            267, // no_blank
            35, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -2152,
        signs: &[
            ("host", 8046),
            ("tool", 2928),
            ("placeholder", 2836),
            ("collector", 1208),
        ],
        shape: &[
            511, // over_32_bytes
            247, // over_128_bytes
            -380, // over_512_bytes
            -119, // over_2048_bytes
            -351, // several_lines
            -953, // many_lines
            -908, // words_in_a_row
            -838, // sentence
            -465, // mostly_letters
            729, // mostly_marks
            50, // is_name
            100, // no_blank
            35, // document
        ],
    },
];
