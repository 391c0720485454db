//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2633,
        signs: &[
            ("tautology", 8049),
            ("break_union", 8039),
            ("break_stacked", 8042),
            ("break_probe", 8073),
            ("break_clause", 8047),
            ("shape", 2620),
            ("union", 5198),
            ("sub_select", 3027),
            ("waits", 1287),
            ("catalogue", 3703),
            ("probe", 458),
            ("nested_probe", 1939),
            ("characters", 2970),
            ("nulls", 1620),
            ("ends_in_comment", 4841),
            ("ends_in_string", 2509),
            ("closes", 1230),
            ("sql", -133),
            ("continues", 1143),
            ("constants", 2661),
            ("statement", 0),
            ("deed", 3112),
            ("order", 5305),
            ("case", 3087),
            ("prose", -539),
            ("joins", -230),
            ("asks", 1227),
            ("stacked", 3922),
            ("marked_comment", 3260),
            ("comment_for_blank", 3890),
            ("quote_ends", -10),
            ("hexadecimal", 1847),
        ],
        shape: &[
            -27, // over_32_bytes
            -42, // over_128_bytes
            -879, // over_512_bytes
            169, // over_2048_bytes
            -341, // several_lines
            -1287, // many_lines
            -373, // words_in_a_row
            -2384, // sentence
            -1034, // mostly_letters
            1109, // mostly_marks
            -532, // is_name
            -176, // no_blank
            -563, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -1829,
        signs: &[
            ("probe", 8552),
            ("out-of-attribute", 8038),
            ("out-of-element", 8038),
            ("out-of-string", 8050),
            ("address", 8038),
            ("constructed", 8038),
            ("symbols", 8038),
            ("hidden-address", 8038),
            ("utf-7", 8053),
            ("lone-handler", 8038),
            ("told", 2060),
            ("runs", 2820),
            ("script-tag", 2391),
            ("style", 3592),
            ("call", 2446),
            ("symbols-few", 3107),
            ("changes", 5245),
            ("odd-separator", 3537),
            ("address-calls", 805),
            ("steals", 3891),
            ("opens", 2104),
            ("handler", -585),
            ("script", -593),
            ("address-somewhere", 2218),
            ("proof-somewhere", 1081),
            ("frame", 1609),
            ("loads", 4829),
            ("hidden", 1672),
            ("torn", 3070),
            ("code", 720),
            ("odd-source", 4680),
            ("unfinished", 4466),
        ],
        shape: &[
            716, // over_32_bytes
            2097, // over_128_bytes
            -501, // over_512_bytes
            -199, // over_2048_bytes
            -718, // several_lines
            -1469, // many_lines
            -2172, // words_in_a_row
            -818, // sentence
            -1193, // mostly_letters
            2921, // mostly_marks
            1271, // is_name
            2369, // no_blank
            418, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -143,
        signs: &[
            ("leading separator", 8040),
            ("appended", 8038),
            ("separator and command", 5728),
            ("substitution", 8038),
            ("substitution of a word", 5100),
            ("command", 847),
            ("command on a target", 8046),
            ("spliced name", 8073),
            ("blank by variable", 8039),
            ("slice of a variable", 3556),
            ("brace expansion", 8042),
            ("globbed path", 8044),
            ("function in an environment", 8101),
            ("fork bomb", 8055),
            ("reverse shell", 8038),
            ("reverse shell in text", 2969),
            ("server-side include", 8038),
            ("call that runs a command", 8043),
            ("call that runs something", 3314),
            ("hidden powershell", 8037),
            ("powershell", 3504),
            ("control flow of cmd", 5015),
            ("variable as a command", 3366),
            ("empty expansion", 2995),
            ("here string or process substitution", 3527),
            ("command of a mail protocol", 3381),
            ("command with a target in text", 3029),
            ("separator and name of a program", -1416),
            ("command in text", -736),
            ("name of a program alone", 144),
            ("tilde expansion", 1396),
            ("path to a program", 2239),
        ],
        shape: &[
            -14, // over_32_bytes
            -1267, // over_128_bytes
            -665, // over_512_bytes
            -186, // over_2048_bytes
            1805, // several_lines
            -2073, // many_lines
            -939, // words_in_a_row
            -1435, // sentence
            242, // mostly_letters
            2978, // mostly_marks
            662, // is_name
            198, // no_blank
            324, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -1284,
        signs: &[
            ("climb to a target", 8085),
            ("escaped climb", 8067),
            ("far climb", 8063),
            ("climb out of the root", 8078),
            ("odd separators in a climb", 8050),
            ("climb with a parameter", 8038),
            ("segments of dots", 8044),
            ("many segments of one dot", 8069),
            ("stream wrapper", 8045),
            ("climb in base64", 8051),
            ("path cut off by a null byte", 8041),
            ("climb of some levels", 0),
            ("path with a null byte", 2807),
            ("file of users", 2406),
            ("file of windows", 4554),
            ("file of a process", 4323),
            ("log of a server", 3035),
            ("configuration of a server", 3045),
            ("file of secrets", 4931),
            ("backup of a source", 3502),
            ("file url", 806),
            ("filter of a stream", 4335),
            ("path of a network share", -349),
            ("run of dots", 4136),
            ("climb in text", 982),
            ("target in text", 2522),
            ("path of a system", -308),
            ("hidden file", 89),
            ("share of a host", 196),
            ("climb and nothing else", 3186),
            ("file of the process that reads it", 8038),
            ("known file and a null byte", 8038),
        ],
        shape: &[
            940, // over_32_bytes
            1096, // over_128_bytes
            382, // over_512_bytes
            -223, // over_2048_bytes
            -616, // several_lines
            -1794, // many_lines
            -1605, // words_in_a_row
            -1480, // sentence
            639, // mostly_letters
            406, // mostly_marks
            77, // is_name
            420, // no_blank
            157, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1762,
        signs: &[
            ("constants are calculated", 8043),
            ("classes are reached", 8039),
            ("objects of the platform are reached", 8040),
            ("a program is run", 8039),
            ("a filter runs a function", 8038),
            ("a constructor is reached", 8045),
            ("a directive imports or runs", 8055),
            ("delimiters of several engines", 8037),
            ("constants are calculated in text", 2974),
            ("classes are reached in text", 2324),
            ("objects of the platform in text", 2440),
            ("a program is run in text", 2439),
            ("classes are reached without delimiters", 3447),
            ("objects of the platform without delimiters", 4223),
            ("a program is run without delimiters", 3902),
            ("a method of a literal", 3066),
            ("globals of an engine", 4175),
            ("a call in an expression", 3624),
            ("an expression and nothing else", 651),
            ("a statement of a template", 1123),
            ("an error is provoked", 3662),
            ("an expression that is not closed", 1145),
            ("a block with a value of its own", 2983),
            ("a scriptlet", 302),
            ("an assignment in a directive", 2996),
            ("an expression is closed before one opens", 2968),
        ],
        shape: &[
            532, // over_32_bytes
            -517, // over_128_bytes
            -831, // over_512_bytes
            -132, // over_2048_bytes
            -941, // several_lines
            -1363, // many_lines
            -1005, // words_in_a_row
            -1099, // sentence
            -408, // mostly_letters
            337, // mostly_marks
            -3, // is_name
            -740, // no_blank
            -20, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -2185,
        signs: &[
            ("names of a directory are looked up", 8037),
            ("the name of a look-up is spliced", 8037),
            ("a remote look-up in text", 2968),
            ("a variable is looked up within another look-up", 2968),
            ("a variable is looked up", 1145),
            ("a look-up within a look-up", 1145),
            ("a protocol of a directory", 1145),
            ("the name of a remote look-up", 1145),
            ("the environment or a key is looked up", 2968),
        ],
        shape: &[
            618, // over_32_bytes
            103, // over_128_bytes
            -427, // over_512_bytes
            -132, // over_2048_bytes
            -319, // several_lines
            -1007, // many_lines
            -940, // words_in_a_row
            -816, // sentence
            -408, // mostly_letters
            858, // mostly_marks
            -3, // is_name
            148, // no_blank
            32, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -1153,
        signs: &[
            ("url of a metadata service", 8108),
            ("internal address in an odd notation", 8042),
            ("public address in an odd notation", 8135),
            ("scheme that sends raw bytes", 8042),
            ("authority that is read in two ways", 8044),
            ("port of another protocol on the own machine", 8044),
            ("internal host behind a user", 8037),
            ("url of the own machine", 1322),
            ("url of a private network", 135),
            ("url within a cluster", 1145),
            ("name that resolves to what it says", 3235),
            ("host that records its callers", 2968),
            ("scheme of another service", 1689),
            ("url of a file", 1295),
            ("user that is written as a host", 3624),
            ("url of a metadata service in text", 3234),
            ("url of an internal host in text", 1588),
            ("url without a scheme", 1667),
            ("more slashes than a url has", 3840),
            ("backslashes before a host", 3887),
            ("scheme without slashes", 3831),
            ("url as a path", 4490),
            ("escaped bytes before a host", 4585),
            ("host and a climb", 4200),
            ("host in letters of another kind", 3442),
            ("internal url in a parameter", 3122),
            ("url of an address", -458),
            ("path of a metadata service", 2970),
            ("user with a port", 2968),
            ("address of a metadata service alone", 2968),
        ],
        shape: &[
            1402, // over_32_bytes
            -41, // over_128_bytes
            -572, // over_512_bytes
            -132, // over_2048_bytes
            -462, // several_lines
            -1151, // many_lines
            -1084, // words_in_a_row
            -960, // sentence
            -351, // mostly_letters
            1236, // mostly_marks
            -3, // is_name
            -545, // no_blank
            32, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -2193,
        signs: &[
            ("field of a response behind a datum", 8037),
            ("field behind an escaped line end", 8038),
            ("second message behind a datum", 8037),
            ("recipient behind a datum", 8037),
            ("field of a response in text", 1116),
            ("field of a mail behind a datum", 2968),
            ("entry of a log behind a datum", 2968),
            ("body behind an empty line", 2968),
            ("line end in a name", 2968),
            ("escaped line end", 1145),
            ("field behind a line end as in source code", 2968),
            ("field of a response behind a sentence", 2968),
            ("line end at the beginning", 1110),
            ("field of a mail in text", 1107),
        ],
        shape: &[
            610, // over_32_bytes
            96, // over_128_bytes
            -431, // over_512_bytes
            -133, // over_2048_bytes
            -327, // several_lines
            -1013, // many_lines
            -948, // words_in_a_row
            -821, // sentence
            -410, // mostly_letters
            858, // mostly_marks
            -3, // is_name
            148, // no_blank
            30, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2225,
        signs: &[
            ("external", 8038),
            ("parameter", 8037),
            ("nested", 8037),
            ("bomb", 8037),
            ("foreign-type", 8037),
            ("includes-file", 8037),
            ("transforms", 8042),
            ("split", 8068),
            ("encoding", 8037),
            ("external-name", 3050),
            ("internal", 3421),
            ("includes", 2968),
            ("repeats", 2968),
            ("stylesheet", 641),
            ("type", 1470),
            ("letter", 1174),
            ("schema", 1145),
            ("bare", 3038),
            ("used", 2980),
        ],
        shape: &[
            578, // over_32_bytes
            657, // over_128_bytes
            -497, // over_512_bytes
            -201, // over_2048_bytes
            -389, // several_lines
            -1077, // many_lines
            -940, // words_in_a_row
            -816, // sentence
            -477, // mostly_letters
            20, // mostly_marks
            -3, // is_name
            157, // no_blank
            266, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -2871,
        signs: &[
            ("credential", 8038),
            ("runs", 8040),
            ("out-of-string", 8129),
            ("out-of-number", 8100),
            ("always", 8037),
            ("out-of-object", 8053),
            ("command", 8037),
            ("script", 8037),
            ("name", 2543),
            ("object", 2987),
            ("shell", 2151),
            ("operator", 1593),
            ("tautology", 1145),
            ("shell-writes", 3313),
            ("operator-alone", 2987),
        ],
        shape: &[
            1584, // over_32_bytes
            103, // over_128_bytes
            -427, // over_512_bytes
            -132, // over_2048_bytes
            -319, // several_lines
            -1007, // many_lines
            -940, // words_in_a_row
            -816, // sentence
            -408, // mostly_letters
            1548, // mostly_marks
            -530, // is_name
            -395, // no_blank
            32, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2171,
        signs: &[
            ("leaves", 8038),
            ("joins", 8050),
            ("matches-all", 8057),
            ("rule", 8055),
            ("cut", 8040),
            ("closes", 2973),
            ("credential", 3450),
            ("escaped", 1092),
            ("filter", 958),
            ("second", 3220),
        ],
        shape: &[
            1495, // over_32_bytes
            77, // over_128_bytes
            -454, // over_512_bytes
            -132, // over_2048_bytes
            -346, // several_lines
            -1033, // many_lines
            -967, // words_in_a_row
            -842, // sentence
            -408, // mostly_letters
            461, // mostly_marks
            -3, // is_name
            -719, // no_blank
            32, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -1940,
        signs: &[
            ("leaves", 8065),
            ("path", 8046),
            ("probe", 3715),
            ("tautology", 3899),
            ("expression", 362),
            ("leaves-number", 2968),
            ("fetches", 8046),
        ],
        shape: &[
            983, // over_32_bytes
            93, // over_128_bytes
            -438, // over_512_bytes
            -132, // over_2048_bytes
            -330, // several_lines
            -1018, // many_lines
            -951, // words_in_a_row
            -826, // sentence
            -408, // mostly_letters
            463, // mostly_marks
            -3, // is_name
            -237, // no_blank
            32, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -2349,
        signs: &[
            ("php", 8037),
            ("java", 8037),
            ("pickle", 8037),
            ("dotnet", 8037),
            ("node", 8044),
            ("tag", 8037),
            ("gadget", 8038),
            ("decoder", 8041),
            ("ruby", 2968),
            ("pickle-encoded", 2968),
            ("php-standard", 2968),
            ("tag-named", 2968),
            ("type", 2968),
            ("class", 3414),
            ("php-scalars", 348),
            ("state", 1145),
            ("ruby-encoded", 1145),
            ("gadget-named", 1148),
            ("type-name", 1145),
            ("tool", 1145),
            ("connects", 8051),
            ("bytecode", 2968),
            ("name", 2968),
        ],
        shape: &[
            852, // over_32_bytes
            331, // over_128_bytes
            -426, // over_512_bytes
            -132, // over_2048_bytes
            -319, // several_lines
            -1007, // many_lines
            -940, // words_in_a_row
            -816, // sentence
            -408, // mostly_letters
            460, // mostly_marks
            -3, // is_name
            -250, // no_blank
            32, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -2493,
        signs: &[
            ("name", 8037),
            ("key", 8038),
            ("whole", 8037),
            ("assigns", 3813),
            ("member", 529),
            ("alone", 2078),
        ],
        shape: &[
            -505, // over_32_bytes
            241, // over_128_bytes
            -427, // over_512_bytes
            -132, // over_2048_bytes
            -319, // several_lines
            -1007, // many_lines
            -940, // words_in_a_row
            -816, // sentence
            37, // mostly_letters
            1311, // mostly_marks
            -3, // is_name
            981, // no_blank
            32, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -1967,
        signs: &[
            ("cycle", 8037),
            ("credentials", 8037),
            ("directives", 8037),
            ("repeated", 8037),
            ("deep", 2968),
            ("aliases", 2968),
            ("credentials-few", 3056),
            ("directives-few", 2968),
            ("repeated-few", 2968),
            ("introspection", 3318),
            ("nested", 1145),
            ("aliases-few", 1145),
            ("operations", 1145),
            ("types-loop", 2969),
            ("probes", 3318),
            ("credentials-several", 3056),
        ],
        shape: &[
            808, // over_32_bytes
            267, // over_128_bytes
            -308, // over_512_bytes
            -132, // over_2048_bytes
            -160, // several_lines
            -862, // many_lines
            -839, // words_in_a_row
            -816, // sentence
            -307, // mostly_letters
            863, // mostly_marks
            -3, // is_name
            153, // no_blank
            32, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -2205,
        signs: &[
            ("host", 8037),
            ("tool", 2670),
            ("placeholder", 2968),
            ("collector", 1145),
            ("names-itself", 8038),
            ("named", 1268),
        ],
        shape: &[
            620, // over_32_bytes
            103, // over_128_bytes
            -427, // over_512_bytes
            -132, // over_2048_bytes
            -319, // several_lines
            -1007, // many_lines
            -940, // words_in_a_row
            -816, // sentence
            -398, // mostly_letters
            858, // mostly_marks
            -3, // is_name
            127, // no_blank
            32, // document
        ],
    },
];
