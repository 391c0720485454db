//! Weights of content detection, in thousandths. Written by `train`; see the model card in
//! `docs/detection.md`. Not to be edited.

use super::attack::Attack;
use super::model::Weights;

#[rustfmt::skip]
pub(super) const ALL: &[Weights] = &[
    Weights {
        attack: Attack::Sql,
        always: -2839,
        signs: &[
            ("tautology", 9000),
            ("break_union", 9000),
            ("break_stacked", 9000),
            ("break_probe", 9002),
            ("break_clause", 9001),
            ("shape", 2809),
            ("union", 5928),
            ("sub_select", 4227),
            ("waits", 1028),
            ("catalogue", 4357),
            ("probe", 1798),
            ("nested_probe", 883),
            ("characters", 3064),
            ("nulls", 2635),
            ("ends_in_comment", 3259),
            ("ends_in_string", 1356),
            ("closes", 1529),
            ("sql", 233),
            ("continues", 698),
            ("constants", 5203),
            ("statement", 0),
            ("deed", 4605),
            ("order", 4661),
            ("case", 1904),
            ("prose", -1768),
            ("joins", -509),
            ("asks", 3738),
            ("stacked", 3738),
            ("marked_comment", 3565),
            ("comment_for_blank", 4575),
            ("quote_ends", 1307),
            ("hexadecimal", 1197),
        ],
        shape: [
            -27, // over_32_bytes
            82, // over_128_bytes
            -1575, // over_512_bytes
            686, // over_2048_bytes
            -1660, // several_lines
            -1481, // many_lines
            -770, // words_in_a_row
            -1937, // sentence
            -813, // mostly_letters
            1423, // mostly_marks
            -1640, // is_name
            -1120, // no_blank
        ],
    },
    Weights {
        attack: Attack::Script,
        always: -2531,
        signs: &[
            ("runs", 9025),
            ("shape", 3469),
        ],
        shape: [
            -1671, // over_32_bytes
            -39, // over_128_bytes
            -105, // over_512_bytes
            137, // over_2048_bytes
            -1748, // several_lines
            -1988, // many_lines
            -1420, // words_in_a_row
            -2203, // sentence
            1401, // mostly_letters
            946, // mostly_marks
            851, // is_name
            1476, // no_blank
        ],
    },
];
