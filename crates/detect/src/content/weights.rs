//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2671,
        signs: &[
            ("tautology", 8038),
            ("break_union", 8028),
            ("break_stacked", 8031),
            ("break_probe", 8071),
            ("break_clause", 8037),
            ("shape", 2784),
            ("union", 5163),
            ("sub_select", 3005),
            ("waits", 1022),
            ("catalogue", 3740),
            ("probe", 528),
            ("nested_probe", 1858),
            ("characters", 2847),
            ("nulls", 1650),
            ("ends_in_comment", 4896),
            ("ends_in_string", 2633),
            ("closes", 1174),
            ("sql", -125),
            ("continues", 1197),
            ("constants", 2647),
            ("statement", 0),
            ("deed", 3177),
            ("order", 5228),
            ("case", 3055),
            ("prose", -419),
            ("joins", -206),
            ("asks", 2392),
            ("stacked", 3964),
            ("marked_comment", 3139),
            ("comment_for_blank", 3771),
            ("quote_ends", -345),
            ("hexadecimal", 1818),
        ],
        shape: &[
            -111, // over_32_bytes
            -47, // over_128_bytes
            -841, // over_512_bytes
            190, // over_2048_bytes
            -346, // several_lines
            -1307, // many_lines
            -376, // words_in_a_row
            -2398, // sentence
            -1051, // mostly_letters
            1046, // mostly_marks
            -483, // is_name
            -268, // no_blank
            -574, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -274,
        signs: &[
            ("probe", 8030),
            ("out-of-attribute", 8026),
            ("out-of-element", 8027),
            ("out-of-string", 8029),
            ("address", 8028),
            ("constructed", 8026),
            ("symbols", 8026),
            ("hidden-address", 8027),
            ("utf-7", 8034),
            ("lone-handler", 8026),
            ("told", 1492),
            ("runs", 2176),
            ("script-tag", 2358),
            ("style", 3640),
            ("call", 2669),
            ("symbols-few", 2990),
            ("changes", 4357),
            ("odd-separator", 3277),
            ("address-calls", 0),
            ("steals", 3006),
            ("opens", 1833),
            ("handler", -470),
            ("script", -721),
            ("address-somewhere", 1682),
            ("proof-somewhere", 370),
            ("frame", 1553),
            ("shape", 126),
            ("hidden", 1469),
            ("torn", 2201),
            ("code", 155),
        ],
        shape: &[
            230, // over_32_bytes
            1535, // over_128_bytes
            -405, // over_512_bytes
            25, // over_2048_bytes
            -1009, // several_lines
            -1734, // many_lines
            -1695, // words_in_a_row
            -687, // sentence
            -720, // mostly_letters
            1248, // mostly_marks
            2030, // is_name
            841, // no_blank
            693, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -46,
        signs: &[
            ("leading separator", 8029),
            ("appended", 8027),
            ("separator and command", 5641),
            ("substitution", 8027),
            ("substitution of a word", 5015),
            ("command", 785),
            ("command on a target", 8034),
            ("spliced name", 8060),
            ("blank by variable", 8028),
            ("slice of a variable", 3432),
            ("brace expansion", 8031),
            ("globbed path", 8032),
            ("function in an environment", 8086),
            ("fork bomb", 8043),
            ("reverse shell", 8027),
            ("reverse shell in text", 2816),
            ("server-side include", 8027),
            ("call that runs a command", 8032),
            ("call that runs something", 3183),
            ("hidden powershell", 8026),
            ("powershell", 3378),
            ("control flow of cmd", 4920),
            ("variable as a command", 3230),
            ("empty expansion", 2846),
            ("here string or process substitution", 3409),
            ("command of a mail protocol", 3261),
            ("command with a target in text", 2886),
            ("separator and name of a program", -1438),
            ("command in text", -731),
            ("name of a program alone", 109),
            ("tilde expansion", 1385),
            ("path to a program", 2237),
        ],
        shape: &[
            -33, // over_32_bytes
            -1233, // over_128_bytes
            -633, // over_512_bytes
            -176, // over_2048_bytes
            1769, // several_lines
            -2128, // many_lines
            -934, // words_in_a_row
            -1469, // sentence
            212, // mostly_letters
            2929, // mostly_marks
            684, // is_name
            173, // no_blank
            303, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -1165,
        signs: &[
            ("climb to a target", 8075),
            ("escaped climb", 8056),
            ("far climb", 8053),
            ("climb out of the root", 8068),
            ("odd separators in a climb", 8039),
            ("climb with a parameter", 8027),
            ("segments of dots", 8033),
            ("many segments of one dot", 8057),
            ("stream wrapper", 8033),
            ("climb in base64", 8039),
            ("path cut off by a null byte", 8030),
            ("climb of some levels", 0),
            ("path with a null byte", 2725),
            ("file of users", 2345),
            ("file of windows", 4457),
            ("file of a process", 4206),
            ("log of a server", 2974),
            ("configuration of a server", 2989),
            ("file of secrets", 4869),
            ("backup of a source", 3369),
            ("file url", 713),
            ("filter of a stream", 4224),
            ("path of a network share", -393),
            ("run of dots", 4038),
            ("climb in text", 922),
            ("target in text", 2496),
            ("path of a system", -340),
            ("hidden file", 32),
            ("share of a host", 188),
            ("climb and nothing else", 3057),
            ("file of the process that reads it", 8027),
            ("known file and a null byte", 8027),
        ],
        shape: &[
            905, // over_32_bytes
            1146, // over_128_bytes
            402, // over_512_bytes
            -210, // over_2048_bytes
            -663, // several_lines
            -1827, // many_lines
            -1595, // words_in_a_row
            -1524, // sentence
            602, // mostly_letters
            392, // mostly_marks
            105, // is_name
            386, // no_blank
            132, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1619,
        signs: &[
            ("constants are calculated", 8032),
            ("classes are reached", 8028),
            ("objects of the platform are reached", 8029),
            ("a program is run", 8028),
            ("a filter runs a function", 8027),
            ("a constructor is reached", 8034),
            ("a directive imports or runs", 8043),
            ("delimiters of several engines", 8026),
            ("constants are calculated in text", 2822),
            ("classes are reached in text", 2179),
            ("objects of the platform in text", 2315),
            ("a program is run in text", 2314),
            ("classes are reached without delimiters", 3308),
            ("objects of the platform without delimiters", 4099),
            ("a program is run without delimiters", 3773),
            ("a method of a literal", 2926),
            ("globals of an engine", 4100),
            ("a call in an expression", 3624),
            ("an expression and nothing else", 546),
            ("a statement of a template", 1033),
            ("an error is provoked", 3525),
            ("an expression that is not closed", 1136),
            ("a block with a value of its own", 2833),
            ("a scriptlet", 228),
            ("an assignment in a directive", 2845),
            ("an expression is closed before one opens", 2816),
        ],
        shape: &[
            501, // over_32_bytes
            -440, // over_128_bytes
            -781, // over_512_bytes
            -120, // over_2048_bytes
            -976, // several_lines
            -1406, // many_lines
            -990, // words_in_a_row
            -1128, // sentence
            -459, // mostly_letters
            299, // mostly_marks
            24, // is_name
            -753, // no_blank
            -43, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -1974,
        signs: &[
            ("names of a directory are looked up", 8026),
            ("the name of a look-up is spliced", 8026),
            ("a remote look-up in text", 2816),
            ("a variable is looked up within another look-up", 2816),
            ("a variable is looked up", 1136),
            ("a look-up within a look-up", 1136),
            ("a protocol of a directory", 1136),
            ("the name of a remote look-up", 1136),
            ("the environment or a key is looked up", 2816),
        ],
        shape: &[
            557, // over_32_bytes
            163, // over_128_bytes
            -390, // over_512_bytes
            -120, // over_2048_bytes
            -371, // several_lines
            -1053, // many_lines
            -930, // words_in_a_row
            -859, // sentence
            -459, // mostly_letters
            777, // mostly_marks
            24, // is_name
            102, // no_blank
            9, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -977,
        signs: &[
            ("url of a metadata service", 8089),
            ("internal address in an odd notation", 8031),
            ("public address in an odd notation", 8115),
            ("scheme that sends raw bytes", 8031),
            ("authority that is read in two ways", 8032),
            ("port of another protocol on the own machine", 8033),
            ("internal host behind a user", 8026),
            ("url of the own machine", 1200),
            ("url of a private network", 65),
            ("url within a cluster", 1136),
            ("name that resolves to what it says", 3094),
            ("host that records its callers", 2816),
            ("scheme of another service", 1561),
            ("url of a file", 1159),
            ("user that is written as a host", 3502),
            ("url of a metadata service in text", 3085),
            ("url of an internal host in text", 1559),
            ("url without a scheme", 1583),
            ("more slashes than a url has", 3731),
            ("backslashes before a host", 3780),
            ("scheme without slashes", 3695),
            ("url as a path", 4356),
            ("escaped bytes before a host", 4438),
            ("host and a climb", 4070),
            ("host in letters of another kind", 3316),
            ("internal url in a parameter", 2994),
            ("url of an address", -458),
            ("path of a metadata service", 2818),
            ("user with a port", 2816),
            ("address of a metadata service alone", 2816),
        ],
        shape: &[
            1361, // over_32_bytes
            14, // over_128_bytes
            -539, // over_512_bytes
            -120, // over_2048_bytes
            -518, // several_lines
            -1202, // many_lines
            -1079, // words_in_a_row
            -1008, // sentence
            -399, // mostly_letters
            1216, // mostly_marks
            24, // is_name
            -590, // no_blank
            9, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -1983,
        signs: &[
            ("field of a response behind a datum", 8026),
            ("field behind an escaped line end", 8027),
            ("second message behind a datum", 8026),
            ("recipient behind a datum", 8026),
            ("field of a response in text", 1105),
            ("field of a mail behind a datum", 2816),
            ("entry of a log behind a datum", 2816),
            ("body behind an empty line", 2816),
            ("line end in a name", 2816),
            ("escaped line end", 1136),
            ("field behind a line end as in source code", 2816),
            ("field of a response behind a sentence", 2816),
            ("line end at the beginning", 1098),
            ("field of a mail in text", 1095),
        ],
        shape: &[
            548, // over_32_bytes
            155, // over_128_bytes
            -395, // over_512_bytes
            -121, // over_2048_bytes
            -380, // several_lines
            -1059, // many_lines
            -939, // words_in_a_row
            -864, // sentence
            -461, // mostly_letters
            777, // mostly_marks
            24, // is_name
            102, // no_blank
            7, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -1896,
        signs: &[
            ("external", 8027),
            ("parameter", 8026),
            ("nested", 8026),
            ("bomb", 8026),
            ("foreign-type", 8026),
            ("includes-file", 8026),
            ("transforms", 8030),
            ("split", 8051),
            ("encoding", 8026),
            ("external-name", 3395),
            ("internal", 3211),
            ("includes", 2816),
            ("repeats", 2816),
            ("stylesheet", 468),
            ("type", 1454),
            ("letter", 1160),
            ("schema", 1136),
        ],
        shape: &[
            635, // over_32_bytes
            715, // over_128_bytes
            -478, // over_512_bytes
            -207, // over_2048_bytes
            -459, // several_lines
            -1141, // many_lines
            -930, // words_in_a_row
            -859, // sentence
            -547, // mostly_letters
            -121, // mostly_marks
            24, // is_name
            109, // no_blank
            257, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -2653,
        signs: &[
            ("credential", 8027),
            ("runs", 8029),
            ("out-of-string", 8098),
            ("out-of-number", 8078),
            ("always", 8026),
            ("out-of-object", 8041),
            ("command", 8026),
            ("script", 8026),
            ("name", 2273),
            ("object", 3105),
            ("shell", 2292),
            ("operator", 1426),
            ("tautology", 1136),
        ],
        shape: &[
            2006, // over_32_bytes
            163, // over_128_bytes
            -390, // over_512_bytes
            -120, // over_2048_bytes
            -371, // several_lines
            -1053, // many_lines
            -930, // words_in_a_row
            -859, // sentence
            -459, // mostly_letters
            1512, // mostly_marks
            -569, // is_name
            -178, // no_blank
            9, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2058,
        signs: &[
            ("leaves", 8029),
            ("joins", 8040),
            ("matches-all", 8048),
            ("rule", 8043),
            ("cut", 8030),
            ("closes", 2825),
            ("credential", 3348),
            ("escaped", 1087),
            ("filter", 996),
        ],
        shape: &[
            1336, // over_32_bytes
            139, // over_128_bytes
            -415, // over_512_bytes
            -120, // over_2048_bytes
            -396, // several_lines
            -1078, // many_lines
            -954, // words_in_a_row
            -883, // sentence
            -459, // mostly_letters
            291, // mostly_marks
            24, // is_name
            -766, // no_blank
            9, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -1763,
        signs: &[
            ("leaves", 8052),
            ("path", 8034),
            ("probe", 3612),
            ("tautology", 3752),
            ("expression", 287),
        ],
        shape: &[
            890, // over_32_bytes
            97, // over_128_bytes
            -431, // over_512_bytes
            -120, // over_2048_bytes
            -438, // several_lines
            -1120, // many_lines
            -997, // words_in_a_row
            -914, // sentence
            -483, // mostly_letters
            385, // mostly_marks
            24, // is_name
            -261, // no_blank
            -4, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -1982,
        signs: &[
            ("php", 8026),
            ("java", 8026),
            ("pickle", 8026),
            ("dotnet", 8026),
            ("node", 8027),
            ("tag", 8026),
            ("gadget", 8026),
            ("decoder", 8026),
            ("ruby", 2816),
            ("pickle-encoded", 2816),
            ("php-standard", 2816),
            ("tag-named", 2816),
            ("type", 2816),
            ("class", 2849),
            ("php-scalars", 961),
            ("state", 1136),
            ("ruby-encoded", 1136),
            ("gadget-named", 1197),
            ("type-name", 1136),
            ("tool", 1136),
        ],
        shape: &[
            566, // over_32_bytes
            173, // over_128_bytes
            -384, // over_512_bytes
            -120, // over_2048_bytes
            -371, // several_lines
            -1053, // many_lines
            -930, // words_in_a_row
            -859, // sentence
            -459, // mostly_letters
            759, // mostly_marks
            24, // is_name
            84, // no_blank
            9, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -1316,
        signs: &[
            ("name", 8026),
            ("key", 8026),
            ("whole", 8026),
            ("assigns", 3047),
            ("member", 2453),
        ],
        shape: &[
            628, // over_32_bytes
            171, // over_128_bytes
            -390, // over_512_bytes
            -120, // over_2048_bytes
            -371, // several_lines
            -1053, // many_lines
            -930, // words_in_a_row
            -859, // sentence
            -131, // mostly_letters
            1013, // mostly_marks
            24, // is_name
            684, // no_blank
            9, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -928,
        signs: &[
            ("cycle", 8026),
            ("credentials", 8026),
            ("directives", 8026),
            ("repeated", 8026),
            ("deep", 2816),
            ("aliases", 2816),
            ("credentials-few", 2998),
            ("directives-few", 2816),
            ("repeated-few", 2816),
            ("introspection", 2757),
            ("nested", 1426),
            ("aliases-few", 1136),
            ("operations", 1136),
            ("types-loop", 2816),
        ],
        shape: &[
            1313, // over_32_bytes
            699, // over_128_bytes
            55, // over_512_bytes
            -120, // over_2048_bytes
            49, // several_lines
            -741, // many_lines
            -709, // words_in_a_row
            -859, // sentence
            -238, // mostly_letters
            798, // mostly_marks
            24, // is_name
            268, // no_blank
            9, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -1966,
        signs: &[
            ("host", 8026),
            ("tool", 2903),
            ("placeholder", 2816),
            ("collector", 1136),
        ],
        shape: &[
            557, // over_32_bytes
            163, // over_128_bytes
            -390, // over_512_bytes
            -120, // over_2048_bytes
            -371, // several_lines
            -1053, // many_lines
            -930, // words_in_a_row
            -859, // sentence
            -459, // mostly_letters
            777, // mostly_marks
            24, // is_name
            106, // no_blank
            9, // document
        ],
    },
];
