//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2763,
        signs: &[
            ("tautology", 8068),
            ("break_union", 8060),
            ("break_stacked", 8063),
            ("break_probe", 8073),
            ("break_clause", 8072),
            ("shape", 2680),
            ("union", 5283),
            ("sub_select", 2814),
            ("waits", 989),
            ("catalogue", 3782),
            ("probe", 398),
            ("nested_probe", 2061),
            ("characters", 2988),
            ("nulls", 1779),
            ("ends_in_comment", 4863),
            ("ends_in_string", 2055),
            ("closes", 915),
            ("sql", -130),
            ("continues", 1226),
            ("constants", 3033),
            ("statement", 0),
            ("deed", 3213),
            ("order", 3735),
            ("case", 2316),
            ("prose", -339),
            ("clause_alone", 3556),
            ("asks", 435),
            ("stacked", 4207),
            ("quote_and_comment", 4692),
            ("comment_for_blank", 4080),
            ("quote_and_operator", 3094),
            ("hexadecimal", 1877),
        ],
        shape: &[
            -93, // over_32_bytes
            1, // over_128_bytes
            -817, // over_512_bytes
            200, // over_2048_bytes
            -305, // several_lines
            -1182, // many_lines
            -400, // words_in_a_row
            -2477, // sentence
            -984, // mostly_letters
            872, // mostly_marks
            -440, // is_name
            -352, // no_blank
            -913, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -2059,
        signs: &[
            ("probe", 8674),
            ("out-of-attribute", 8060),
            ("out-of-element", 8059),
            ("out-of-string", 8074),
            ("address", 8060),
            ("constructed", 8059),
            ("symbols", 8059),
            ("hidden-address", 8060),
            ("utf-7", 8077),
            ("lone-handler", 8059),
            ("told", 2083),
            ("runs", 3038),
            ("script-tag", 2445),
            ("style", 3654),
            ("call", 2600),
            ("symbols-few", 3124),
            ("changes", 5421),
            ("odd-separator", 3582),
            ("address-calls", 1498),
            ("steals", 4032),
            ("opens", 2223),
            ("handler", -628),
            ("script", -529),
            ("address-somewhere", 1691),
            ("proof-somewhere", 1034),
            ("frame", 1767),
            ("loads", 4963),
            ("hidden", 1703),
            ("torn", 3277),
            ("code", 692),
            ("odd-source", 4735),
            ("unfinished", 3996),
        ],
        shape: &[
            768, // over_32_bytes
            2215, // over_128_bytes
            -438, // over_512_bytes
            -202, // over_2048_bytes
            -356, // several_lines
            -1390, // many_lines
            -2096, // words_in_a_row
            -898, // sentence
            -1324, // mostly_letters
            3013, // mostly_marks
            749, // is_name
            2541, // no_blank
            184, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -464,
        signs: &[
            ("leading separator", 8061),
            ("appended", 8059),
            ("separator and command", 5948),
            ("substitution", 8059),
            ("substitution of a word", 5004),
            ("command", 954),
            ("command on a target", 8067),
            ("spliced name", 8104),
            ("blank by variable", 8061),
            ("slice of a variable", 3735),
            ("brace expansion", 8065),
            ("globbed path", 8067),
            ("function that runs where it is read", 8138),
            ("command that looks around and nothing else", 3963),
            ("reverse shell", 8059),
            ("reverse shell in text", 3018),
            ("server-side include", 8060),
            ("call that runs a command", 8062),
            ("call that runs something", 3412),
            ("hidden powershell", 8059),
            ("powershell", 3695),
            ("control flow of cmd", 2654),
            ("variable as a command", 3329),
            ("empty expansion", 3047),
            ("here string or process substitution", 3913),
            ("command of a mail protocol", 8090),
            ("command with a target in text", 3071),
            ("separator and name of a program", -1151),
            ("command in text", -665),
            ("name of a program alone", 154),
            ("tilde expansion", 1482),
            ("path to a program", 2644),
        ],
        shape: &[
            -161, // over_32_bytes
            -438, // over_128_bytes
            -566, // over_512_bytes
            -159, // over_2048_bytes
            -1273, // several_lines
            -1216, // many_lines
            -250, // words_in_a_row
            -1094, // sentence
            412, // mostly_letters
            3104, // mostly_marks
            813, // is_name
            248, // no_blank
            363, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -2353,
        signs: &[
            ("climb to a target", 8102),
            ("escaped climb", 8080),
            ("far climb", 8090),
            ("climb out of the root", 8085),
            ("odd separators in a climb", 8067),
            ("file that is the system's own", 3780),
            ("segments of dots", 8136),
            ("server that lists of files name", 3724),
            ("stream wrapper", 8067),
            ("climb in base64", 8059),
            ("path cut off by a null byte", 8066),
            ("climb of some levels", 0),
            ("path with a null byte", 2061),
            ("file of passwords", 8077),
            ("file of windows", 4196),
            ("file of a process", 3623),
            ("log of a server", 3735),
            ("configuration of a server", 3628),
            ("file of secrets", 5072),
            ("backup of a source", 3572),
            ("file url", 0),
            ("filter of a stream", 8104),
            ("path with slashes of both kinds", 3610),
            ("run of dots", 4602),
            ("climb in text", 1495),
            ("target in text", 2420),
            ("path that a system has and no API", 1736),
            ("hidden file", -10),
            ("share of a host", 351),
            ("climb and nothing else", 3686),
            ("file of the process that reads it", 8059),
            ("path of a system in its documentation", -59),
        ],
        shape: &[
            444, // over_32_bytes
            1545, // over_128_bytes
            362, // over_512_bytes
            -204, // over_2048_bytes
            -1026, // several_lines
            -1152, // many_lines
            -1396, // words_in_a_row
            -1318, // sentence
            439, // mostly_letters
            -245, // mostly_marks
            41, // is_name
            1368, // no_blank
            1, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1935,
        signs: &[
            ("constants are calculated", 8065),
            ("classes are reached", 8060),
            ("objects of the platform are reached", 8063),
            ("a program is run", 8061),
            ("a filter runs a function", 8060),
            ("a constructor is reached", 8067),
            ("a directive imports or runs", 8077),
            ("delimiters of several engines", 8059),
            ("constants are calculated in text", 3024),
            ("classes are reached in text", 2429),
            ("objects of the platform in text", 2302),
            ("a program is run in text", 2300),
            ("classes are reached without delimiters", 3541),
            ("objects of the platform without delimiters", 4326),
            ("a program is run without delimiters", 4021),
            ("a method of a literal", 3172),
            ("globals of an engine", 4224),
            ("a call in an expression", 3164),
            ("an expression and nothing else", 722),
            ("a statement of a template", 1324),
            ("an error is provoked", 3719),
            ("an expression that is not closed", 1215),
            ("a block with a value of its own", 3041),
            ("a scriptlet", 392),
            ("an assignment in a directive", 3069),
            ("an expression is closed before one opens", 3018),
        ],
        shape: &[
            470, // over_32_bytes
            -452, // over_128_bytes
            -630, // over_512_bytes
            -118, // over_2048_bytes
            -1316, // several_lines
            -1082, // many_lines
            -1074, // words_in_a_row
            -1190, // sentence
            -421, // mostly_letters
            409, // mostly_marks
            5, // is_name
            -717, // no_blank
            -25, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -2476,
        signs: &[
            ("names of a directory are looked up", 8059),
            ("the name of a look-up is spliced", 8059),
            ("a remote look-up in text", 3018),
            ("a variable is looked up within another look-up", 3018),
            ("a variable is looked up", 1215),
            ("a look-up within a look-up", 1215),
            ("a protocol of a directory", 1215),
            ("the name of a remote look-up", 1215),
            ("the environment or a key is looked up", 3018),
        ],
        shape: &[
            604, // over_32_bytes
            233, // over_128_bytes
            -360, // over_512_bytes
            -118, // over_2048_bytes
            -630, // several_lines
            -756, // many_lines
            -893, // words_in_a_row
            -815, // sentence
            -421, // mostly_letters
            820, // mostly_marks
            5, // is_name
            215, // no_blank
            28, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -2216,
        signs: &[
            ("url of a metadata service", 8198),
            ("internal address in an odd notation", 8065),
            ("public address in an odd notation", 8216),
            ("scheme that sends raw bytes", 8066),
            ("authority that is read in two ways", 8076),
            ("port of another protocol on the own machine", 8067),
            ("internal host behind a user", 8059),
            ("url of the own machine", 2241),
            ("url of a private network", 405),
            ("url within a cluster", 1215),
            ("name that resolves to what it says", 3496),
            ("host that records its callers", 3018),
            ("scheme of another service", 2380),
            ("url of a file", 2293),
            ("user that is written as a host", 3052),
            ("url of a metadata service in text", 3428),
            ("url of an internal host in text", 1757),
            ("url without a scheme", 1842),
            ("more slashes than a url has", 3138),
            ("backslashes before a host", 3176),
            ("scheme without slashes", 3108),
            ("url as a path", 3291),
            ("escaped bytes before a host", 8135),
            ("host and a climb", 3219),
            ("host in letters of another kind", 3375),
            ("internal url in a parameter", 3034),
            ("url of an address", 460),
            ("path of a metadata service", 3020),
            ("user with a port", 3018),
            ("address of a metadata service alone", 3018),
            ("form that browsers repair and nobody writes", 4723),
            ("host without a scheme and nothing else", 4214),
        ],
        shape: &[
            1758, // over_32_bytes
            114, // over_128_bytes
            -479, // over_512_bytes
            -118, // over_2048_bytes
            -748, // several_lines
            -875, // many_lines
            -1012, // words_in_a_row
            -933, // sentence
            -350, // mostly_letters
            353, // mostly_marks
            5, // is_name
            -895, // no_blank
            28, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -2493,
        signs: &[
            ("field of a response behind a datum", 8059),
            ("field behind an escaped line end", 8059),
            ("second message behind a datum", 8059),
            ("recipient behind a datum", 8059),
            ("field of a response in text", 1190),
            ("field of a mail behind a datum", 2920),
            ("entry of a log behind a datum", 3018),
            ("body behind an empty line", 3018),
            ("line end in a name", 3018),
            ("escaped line end", 1216),
            ("field behind a line end as in source code", 3018),
            ("field of a response behind a sentence", 3018),
            ("line end at the beginning", 1179),
            ("field of a mail in text", 1085),
        ],
        shape: &[
            587, // over_32_bytes
            216, // over_128_bytes
            -364, // over_512_bytes
            -119, // over_2048_bytes
            -646, // several_lines
            -771, // many_lines
            -901, // words_in_a_row
            -820, // sentence
            -424, // mostly_letters
            820, // mostly_marks
            5, // is_name
            215, // no_blank
            26, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2466,
        signs: &[
            ("external", 8059),
            ("parameter", 8059),
            ("nested", 8059),
            ("bomb", 8059),
            ("foreign-type", 8059),
            ("includes-file", 8059),
            ("transforms", 8063),
            ("split", 8093),
            ("encoding", 8059),
            ("external-name", 3105),
            ("internal", 3487),
            ("includes", 3018),
            ("repeats", 3018),
            ("stylesheet", 786),
            ("type", 1555),
            ("letter", 1241),
            ("schema", 1215),
            ("bare", 3094),
            ("used", 3028),
        ],
        shape: &[
            614, // over_32_bytes
            778, // over_128_bytes
            -430, // over_512_bytes
            -188, // over_2048_bytes
            -700, // several_lines
            -826, // many_lines
            -893, // words_in_a_row
            -815, // sentence
            -491, // mostly_letters
            26, // mostly_marks
            5, // is_name
            225, // no_blank
            269, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -3067,
        signs: &[
            ("credential", 8059),
            ("runs", 8062),
            ("out-of-string", 8165),
            ("out-of-number", 8133),
            ("always", 8059),
            ("out-of-object", 8076),
            ("command", 8059),
            ("script", 8059),
            ("name", 2609),
            ("object", 3037),
            ("shell", 2297),
            ("operator", 1699),
            ("tautology", 1215),
            ("shell-writes", 3351),
            ("operator-alone", 3037),
        ],
        shape: &[
            1589, // over_32_bytes
            233, // over_128_bytes
            -360, // over_512_bytes
            -118, // over_2048_bytes
            -630, // several_lines
            -756, // many_lines
            -893, // words_in_a_row
            -815, // sentence
            -421, // mostly_letters
            1525, // mostly_marks
            -507, // is_name
            -318, // no_blank
            28, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2411,
        signs: &[
            ("leaves", 8059),
            ("joins", 8075),
            ("matches-all", 8079),
            ("rule", 8077),
            ("cut", 8062),
            ("closes", 3023),
            ("credential", 3510),
            ("escaped", 1161),
            ("filter", 1096),
            ("second", 3302),
        ],
        shape: &[
            1513, // over_32_bytes
            206, // over_128_bytes
            -387, // over_512_bytes
            -118, // over_2048_bytes
            -657, // several_lines
            -783, // many_lines
            -920, // words_in_a_row
            -842, // sentence
            -421, // mostly_letters
            453, // mostly_marks
            5, // is_name
            -634, // no_blank
            28, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -2160,
        signs: &[
            ("leaves", 8092),
            ("path", 8069),
            ("probe", 3790),
            ("tautology", 4014),
            ("expression", 463),
            ("leaves-number", 3018),
            ("fetches", 8069),
        ],
        shape: &[
            982, // over_32_bytes
            221, // over_128_bytes
            -371, // over_512_bytes
            -118, // over_2048_bytes
            -642, // several_lines
            -768, // many_lines
            -905, // words_in_a_row
            -826, // sentence
            -421, // mostly_letters
            464, // mostly_marks
            5, // is_name
            -155, // no_blank
            28, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -2605,
        signs: &[
            ("php", 8059),
            ("java", 8059),
            ("pickle", 8059),
            ("dotnet", 8059),
            ("node", 8066),
            ("tag", 8059),
            ("gadget", 8059),
            ("decoder", 8062),
            ("ruby", 3018),
            ("pickle-encoded", 3018),
            ("php-standard", 3018),
            ("tag-named", 3018),
            ("type", 3018),
            ("class", 3481),
            ("php-scalars", 466),
            ("state", 1215),
            ("ruby-encoded", 1215),
            ("gadget-named", 1219),
            ("type-name", 1215),
            ("tool", 1215),
            ("connects", 8076),
            ("bytecode", 3018),
            ("name", 3018),
        ],
        shape: &[
            849, // over_32_bytes
            469, // over_128_bytes
            -359, // over_512_bytes
            -118, // over_2048_bytes
            -630, // several_lines
            -756, // many_lines
            -893, // words_in_a_row
            -815, // sentence
            -421, // mostly_letters
            445, // mostly_marks
            5, // is_name
            -159, // no_blank
            28, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -2229,
        signs: &[
            ("name", 8059),
            ("key", 8059),
            ("whole", 8059),
            ("assigns", 3134),
            ("member", 1708),
            ("alone", 3442),
        ],
        shape: &[
            651, // over_32_bytes
            267, // over_128_bytes
            -360, // over_512_bytes
            -118, // over_2048_bytes
            -630, // several_lines
            -756, // many_lines
            -893, // words_in_a_row
            -815, // sentence
            -295, // mostly_letters
            920, // mostly_marks
            5, // is_name
            412, // no_blank
            28, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -2243,
        signs: &[
            ("cycle", 8059),
            ("credentials", 8059),
            ("directives", 8059),
            ("repeated", 8059),
            ("deep", 3018),
            ("aliases", 3018),
            ("credentials-few", 3113),
            ("directives-few", 3018),
            ("repeated-few", 3018),
            ("introspection", 3388),
            ("nested", 1216),
            ("aliases-few", 1215),
            ("operations", 1215),
            ("types-loop", 3018),
            ("probes", 3388),
            ("credentials-several", 3113),
        ],
        shape: &[
            805, // over_32_bytes
            396, // over_128_bytes
            -245, // over_512_bytes
            -118, // over_2048_bytes
            -462, // several_lines
            -611, // many_lines
            -795, // words_in_a_row
            -815, // sentence
            -323, // mostly_letters
            824, // mostly_marks
            5, // is_name
            220, // no_blank
            28, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -2503,
        signs: &[
            ("host", 8059),
            ("tool", 2742),
            ("placeholder", 3018),
            ("collector", 1215),
            ("names-itself", 8059),
            ("beside-browser", 3024),
        ],
        shape: &[
            605, // over_32_bytes
            233, // over_128_bytes
            -360, // over_512_bytes
            -118, // over_2048_bytes
            -630, // several_lines
            -756, // many_lines
            -893, // words_in_a_row
            -815, // sentence
            -421, // mostly_letters
            820, // mostly_marks
            5, // is_name
            187, // no_blank
            28, // document
        ],
    },
];
