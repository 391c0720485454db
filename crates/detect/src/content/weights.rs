//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2634,
        signs: &[
            ("tautology", 8050),
            ("break_union", 8039),
            ("break_stacked", 8042),
            ("break_probe", 8073),
            ("break_clause", 8048),
            ("shape", 2621),
            ("union", 5208),
            ("sub_select", 3029),
            ("waits", 1289),
            ("catalogue", 3707),
            ("probe", 457),
            ("nested_probe", 1940),
            ("characters", 2989),
            ("nulls", 1634),
            ("ends_in_comment", 4842),
            ("ends_in_string", 2510),
            ("closes", 1231),
            ("sql", -134),
            ("continues", 1143),
            ("constants", 2664),
            ("statement", 0),
            ("deed", 3116),
            ("order", 5317),
            ("case", 3089),
            ("prose", -539),
            ("joins", -230),
            ("asks", 1230),
            ("stacked", 3938),
            ("marked_comment", 3283),
            ("comment_for_blank", 3908),
            ("quote_ends", -10),
            ("hexadecimal", 1848),
        ],
        shape: &[
            -26, // over_32_bytes
            -44, // over_128_bytes
            -880, // over_512_bytes
            171, // over_2048_bytes
            -342, // several_lines
            -1285, // many_lines
            -374, // words_in_a_row
            -2384, // sentence
            -1035, // mostly_letters
            1109, // mostly_marks
            -548, // is_name
            -176, // no_blank
            -572, // document
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -1895,
        signs: &[
            ("probe", 8566),
            ("out-of-attribute", 8039),
            ("out-of-element", 8038),
            ("out-of-string", 8051),
            ("address", 8039),
            ("constructed", 8039),
            ("symbols", 8038),
            ("hidden-address", 8039),
            ("utf-7", 8055),
            ("lone-handler", 8038),
            ("told", 2019),
            ("runs", 2949),
            ("script-tag", 2354),
            ("style", 3623),
            ("call", 2485),
            ("symbols-few", 3143),
            ("changes", 5300),
            ("odd-separator", 3562),
            ("address-calls", 1278),
            ("steals", 3944),
            ("opens", 2143),
            ("handler", -581),
            ("script", -492),
            ("address-somewhere", 1569),
            ("proof-somewhere", 1152),
            ("frame", 1682),
            ("loads", 4901),
            ("hidden", 1685),
            ("torn", 3151),
            ("code", 745),
            ("odd-source", 4684),
            ("unfinished", 4927),
        ],
        shape: &[
            701, // over_32_bytes
            2121, // over_128_bytes
            -477, // over_512_bytes
            -195, // over_2048_bytes
            -695, // several_lines
            -1461, // many_lines
            -2226, // words_in_a_row
            -822, // sentence
            -1004, // mostly_letters
            2924, // mostly_marks
            930, // is_name
            2331, // no_blank
            284, // document
        ],
    },
    Weights {
        attack: Attack::Command,
        always: -151,
        signs: &[
            ("leading separator", 8041),
            ("appended", 8039),
            ("separator and command", 5743),
            ("substitution", 8038),
            ("substitution of a word", 5116),
            ("command", 852),
            ("command on a target", 8046),
            ("spliced name", 8073),
            ("blank by variable", 8040),
            ("slice of a variable", 3579),
            ("brace expansion", 8043),
            ("globbed path", 8044),
            ("function in an environment", 8102),
            ("fork bomb", 8056),
            ("reverse shell", 8038),
            ("reverse shell in text", 3000),
            ("server-side include", 8039),
            ("call that runs a command", 8043),
            ("call that runs something", 3341),
            ("hidden powershell", 8038),
            ("powershell", 3527),
            ("control flow of cmd", 5030),
            ("variable as a command", 3391),
            ("empty expansion", 3026),
            ("here string or process substitution", 3549),
            ("command of a mail protocol", 3405),
            ("command with a target in text", 3058),
            ("separator and name of a program", -1414),
            ("command in text", -738),
            ("name of a program alone", 148),
            ("tilde expansion", 1400),
            ("path to a program", 2242),
        ],
        shape: &[
            -11, // over_32_bytes
            -1274, // over_128_bytes
            -665, // over_512_bytes
            -184, // over_2048_bytes
            1806, // several_lines
            -2067, // many_lines
            -944, // words_in_a_row
            -1431, // sentence
            246, // mostly_letters
            2977, // mostly_marks
            643, // is_name
            196, // no_blank
            308, // document
        ],
    },
    Weights {
        attack: Attack::Traversal,
        always: -1295,
        signs: &[
            ("climb to a target", 8085),
            ("escaped climb", 8067),
            ("far climb", 8064),
            ("climb out of the root", 8078),
            ("odd separators in a climb", 8050),
            ("climb with a parameter", 8039),
            ("segments of dots", 8045),
            ("many segments of one dot", 8070),
            ("stream wrapper", 8046),
            ("climb in base64", 8051),
            ("path cut off by a null byte", 8042),
            ("climb of some levels", 0),
            ("path with a null byte", 2822),
            ("file of users", 2417),
            ("file of windows", 4572),
            ("file of a process", 4346),
            ("log of a server", 3045),
            ("configuration of a server", 3055),
            ("file of secrets", 4943),
            ("backup of a source", 3528),
            ("file url", 822),
            ("filter of a stream", 4356),
            ("path of a network share", -342),
            ("run of dots", 4157),
            ("climb in text", 993),
            ("target in text", 2530),
            ("path of a system", -304),
            ("hidden file", 100),
            ("share of a host", 197),
            ("climb and nothing else", 3213),
            ("file of the process that reads it", 8038),
            ("known file and a null byte", 8039),
        ],
        shape: &[
            945, // over_32_bytes
            1090, // over_128_bytes
            382, // over_512_bytes
            -220, // over_2048_bytes
            -620, // several_lines
            -1790, // many_lines
            -1616, // words_in_a_row
            -1474, // sentence
            641, // mostly_letters
            405, // mostly_marks
            53, // is_name
            417, // no_blank
            137, // document
        ],
    },
    Weights {
        attack: Attack::Template,
        always: -1774,
        signs: &[
            ("constants are calculated", 8043),
            ("classes are reached", 8039),
            ("objects of the platform are reached", 8041),
            ("a program is run", 8040),
            ("a filter runs a function", 8039),
            ("a constructor is reached", 8045),
            ("a directive imports or runs", 8056),
            ("delimiters of several engines", 8038),
            ("constants are calculated in text", 3005),
            ("classes are reached in text", 2356),
            ("objects of the platform in text", 2466),
            ("a program is run in text", 2465),
            ("classes are reached without delimiters", 3472),
            ("objects of the platform without delimiters", 4244),
            ("a program is run without delimiters", 3923),
            ("a method of a literal", 3095),
            ("globals of an engine", 4192),
            ("a call in an expression", 3623),
            ("an expression and nothing else", 662),
            ("a statement of a template", 1134),
            ("an error is provoked", 3690),
            ("an expression that is not closed", 1147),
            ("a block with a value of its own", 3015),
            ("a scriptlet", 310),
            ("an assignment in a directive", 3027),
            ("an expression is closed before one opens", 3000),
        ],
        shape: &[
            538, // over_32_bytes
            -533, // over_128_bytes
            -834, // over_512_bytes
            -130, // over_2048_bytes
            -949, // several_lines
            -1360, // many_lines
            -1015, // words_in_a_row
            -1099, // sentence
            -414, // mostly_letters
            337, // mostly_marks
            -28, // is_name
            -745, // no_blank
            -41, // document
        ],
    },
    Weights {
        attack: Attack::Lookup,
        always: -2191,
        signs: &[
            ("names of a directory are looked up", 8038),
            ("the name of a look-up is spliced", 8038),
            ("a remote look-up in text", 3000),
            ("a variable is looked up within another look-up", 3000),
            ("a variable is looked up", 1147),
            ("a look-up within a look-up", 1147),
            ("a protocol of a directory", 1147),
            ("the name of a remote look-up", 1147),
            ("the environment or a key is looked up", 3000),
        ],
        shape: &[
            646, // over_32_bytes
            89, // over_128_bytes
            -429, // over_512_bytes
            -130, // over_2048_bytes
            -326, // several_lines
            -1005, // many_lines
            -955, // words_in_a_row
            -813, // sentence
            -414, // mostly_letters
            850, // mostly_marks
            -28, // is_name
            132, // no_blank
            10, // document
        ],
    },
    Weights {
        attack: Attack::ServerRequest,
        always: -1166,
        signs: &[
            ("url of a metadata service", 8109),
            ("internal address in an odd notation", 8043),
            ("public address in an odd notation", 8137),
            ("scheme that sends raw bytes", 8043),
            ("authority that is read in two ways", 8044),
            ("port of another protocol on the own machine", 8044),
            ("internal host behind a user", 8038),
            ("url of the own machine", 1347),
            ("url of a private network", 146),
            ("url within a cluster", 1147),
            ("name that resolves to what it says", 3264),
            ("host that records its callers", 3000),
            ("scheme of another service", 1716),
            ("url of a file", 1323),
            ("user that is written as a host", 3648),
            ("url of a metadata service in text", 3260),
            ("url of an internal host in text", 1590),
            ("url without a scheme", 1684),
            ("more slashes than a url has", 3866),
            ("backslashes before a host", 3909),
            ("scheme without slashes", 3859),
            ("url as a path", 4519),
            ("escaped bytes before a host", 4607),
            ("host and a climb", 4228),
            ("host in letters of another kind", 3467),
            ("internal url in a parameter", 3148),
            ("url of an address", -451),
            ("path of a metadata service", 3001),
            ("user with a port", 3000),
            ("address of a metadata service alone", 3000),
        ],
        shape: &[
            1413, // over_32_bytes
            -53, // over_128_bytes
            -570, // over_512_bytes
            -130, // over_2048_bytes
            -465, // several_lines
            -1147, // many_lines
            -1097, // words_in_a_row
            -955, // sentence
            -357, // mostly_letters
            1230, // mostly_marks
            -28, // is_name
            -558, // no_blank
            10, // document
        ],
    },
    Weights {
        attack: Attack::Line,
        always: -2199,
        signs: &[
            ("field of a response behind a datum", 8038),
            ("field behind an escaped line end", 8038),
            ("second message behind a datum", 8038),
            ("recipient behind a datum", 8038),
            ("field of a response in text", 1118),
            ("field of a mail behind a datum", 3000),
            ("entry of a log behind a datum", 3000),
            ("body behind an empty line", 3000),
            ("line end in a name", 3000),
            ("escaped line end", 1147),
            ("field behind a line end as in source code", 3000),
            ("field of a response behind a sentence", 3000),
            ("line end at the beginning", 1112),
            ("field of a mail in text", 1110),
        ],
        shape: &[
            638, // over_32_bytes
            82, // over_128_bytes
            -433, // over_512_bytes
            -131, // over_2048_bytes
            -333, // several_lines
            -1011, // many_lines
            -963, // words_in_a_row
            -818, // sentence
            -415, // mostly_letters
            850, // mostly_marks
            -28, // is_name
            132, // no_blank
            8, // document
        ],
    },
    Weights {
        attack: Attack::Xml,
        always: -2235,
        signs: &[
            ("external", 8038),
            ("parameter", 8038),
            ("nested", 8038),
            ("bomb", 8038),
            ("foreign-type", 8038),
            ("includes-file", 8038),
            ("transforms", 8042),
            ("split", 8069),
            ("encoding", 8038),
            ("external-name", 3077),
            ("internal", 3448),
            ("includes", 3000),
            ("repeats", 3000),
            ("stylesheet", 640),
            ("type", 1468),
            ("letter", 1176),
            ("schema", 1147),
            ("bare", 3065),
            ("used", 3011),
        ],
        shape: &[
            601, // over_32_bytes
            644, // over_128_bytes
            -498, // over_512_bytes
            -199, // over_2048_bytes
            -394, // several_lines
            -1074, // many_lines
            -955, // words_in_a_row
            -813, // sentence
            -483, // mostly_letters
            11, // mostly_marks
            -28, // is_name
            141, // no_blank
            241, // document
        ],
    },
    Weights {
        attack: Attack::NoSql,
        always: -2880,
        signs: &[
            ("credential", 8038),
            ("runs", 8040),
            ("out-of-string", 8131),
            ("out-of-number", 8101),
            ("always", 8038),
            ("out-of-object", 8054),
            ("command", 8038),
            ("script", 8038),
            ("name", 2577),
            ("object", 3018),
            ("shell", 2162),
            ("operator", 1600),
            ("tautology", 1147),
            ("shell-writes", 3334),
            ("operator-alone", 3018),
        ],
        shape: &[
            1602, // over_32_bytes
            89, // over_128_bytes
            -429, // over_512_bytes
            -130, // over_2048_bytes
            -326, // several_lines
            -1005, // many_lines
            -955, // words_in_a_row
            -813, // sentence
            -414, // mostly_letters
            1537, // mostly_marks
            -551, // is_name
            -406, // no_blank
            10, // document
        ],
    },
    Weights {
        attack: Attack::Ldap,
        always: -2178,
        signs: &[
            ("leaves", 8038),
            ("joins", 8051),
            ("matches-all", 8058),
            ("rule", 8056),
            ("cut", 8041),
            ("closes", 3005),
            ("credential", 3468),
            ("escaped", 1095),
            ("filter", 963),
            ("second", 3246),
        ],
        shape: &[
            1512, // over_32_bytes
            63, // over_128_bytes
            -455, // over_512_bytes
            -130, // over_2048_bytes
            -351, // several_lines
            -1031, // many_lines
            -981, // words_in_a_row
            -839, // sentence
            -414, // mostly_letters
            456, // mostly_marks
            -28, // is_name
            -725, // no_blank
            10, // document
        ],
    },
    Weights {
        attack: Attack::XPath,
        always: -1949,
        signs: &[
            ("leaves", 8066),
            ("path", 8047),
            ("probe", 3732),
            ("tautology", 3923),
            ("expression", 372),
            ("leaves-number", 3000),
            ("fetches", 8047),
        ],
        shape: &[
            1004, // over_32_bytes
            79, // over_128_bytes
            -439, // over_512_bytes
            -130, // over_2048_bytes
            -336, // several_lines
            -1016, // many_lines
            -966, // words_in_a_row
            -824, // sentence
            -414, // mostly_letters
            461, // mostly_marks
            -28, // is_name
            -249, // no_blank
            10, // document
        ],
    },
    Weights {
        attack: Attack::Object,
        always: -2354,
        signs: &[
            ("php", 8038),
            ("java", 8038),
            ("pickle", 8038),
            ("dotnet", 8038),
            ("node", 8044),
            ("tag", 8038),
            ("gadget", 8038),
            ("decoder", 8041),
            ("ruby", 3000),
            ("pickle-encoded", 3000),
            ("php-standard", 3000),
            ("tag-named", 3000),
            ("type", 3000),
            ("class", 3438),
            ("php-scalars", 359),
            ("state", 1147),
            ("ruby-encoded", 1147),
            ("gadget-named", 1150),
            ("type-name", 1147),
            ("tool", 1147),
            ("connects", 8052),
            ("bytecode", 3000),
            ("name", 3000),
        ],
        shape: &[
            876, // over_32_bytes
            313, // over_128_bytes
            -427, // over_512_bytes
            -130, // over_2048_bytes
            -326, // several_lines
            -1005, // many_lines
            -955, // words_in_a_row
            -813, // sentence
            -414, // mostly_letters
            456, // mostly_marks
            -28, // is_name
            -261, // no_blank
            10, // document
        ],
    },
    Weights {
        attack: Attack::Prototype,
        always: -1958,
        signs: &[
            ("name", 8038),
            ("key", 8038),
            ("whole", 8038),
            ("assigns", 3108),
            ("member", 1613),
            ("alone", 3402),
        ],
        shape: &[
            689, // over_32_bytes
            121, // over_128_bytes
            -429, // over_512_bytes
            -130, // over_2048_bytes
            -326, // several_lines
            -1005, // many_lines
            -955, // words_in_a_row
            -813, // sentence
            -293, // mostly_letters
            944, // mostly_marks
            -28, // is_name
            320, // no_blank
            10, // document
        ],
    },
    Weights {
        attack: Attack::GraphQl,
        always: -1978,
        signs: &[
            ("cycle", 8038),
            ("credentials", 8038),
            ("directives", 8038),
            ("repeated", 8038),
            ("deep", 3000),
            ("aliases", 3000),
            ("credentials-few", 3084),
            ("directives-few", 3000),
            ("repeated-few", 3000),
            ("introspection", 3342),
            ("nested", 1147),
            ("aliases-few", 1147),
            ("operations", 1147),
            ("types-loop", 3000),
            ("probes", 3342),
            ("credentials-several", 3084),
        ],
        shape: &[
            832, // over_32_bytes
            249, // over_128_bytes
            -311, // over_512_bytes
            -130, // over_2048_bytes
            -169, // several_lines
            -863, // many_lines
            -855, // words_in_a_row
            -813, // sentence
            -313, // mostly_letters
            854, // mostly_marks
            -28, // is_name
            137, // no_blank
            10, // document
        ],
    },
    Weights {
        attack: Attack::Scanner,
        always: -2222,
        signs: &[
            ("host", 8038),
            ("tool", 2691),
            ("placeholder", 3000),
            ("collector", 1147),
            ("names-itself", 8038),
            ("beside-browser", 3005),
        ],
        shape: &[
            646, // over_32_bytes
            89, // over_128_bytes
            -429, // over_512_bytes
            -130, // over_2048_bytes
            -326, // several_lines
            -1005, // many_lines
            -955, // words_in_a_row
            -813, // sentence
            -414, // mostly_letters
            850, // mostly_marks
            -28, // is_name
            101, // no_blank
            10, // document
        ],
    },
];
