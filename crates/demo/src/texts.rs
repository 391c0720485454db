//! What ordinary people really write: texts that look like attacks and are none.
//!
//! Every customer types some of these. A guard that refuses one of them has hurt somebody.

/// Names of wares that make awkward searches worthwhile: the search for them must find them.
pub const WARES: [&str; 9] = [
    "O'Neil wetsuit",
    "Rock'n'Roll songbook",
    "Mug, 50% off -- today only",
    "T-shirt, SELECT your size",
    "I <3 tea apron",
    "Desk phone by AT&T; Johnson & Sons",
    "Poster: 1 = one, 2 = two",
    "Grüner Tee, Größe M",
    "龙井茶 Longjing tea",
];

/// What customers type into the search box.
pub const SEARCHES: [&str; 20] = [
    "rock'n'roll",
    "O'Neil",
    "50% off -- today only",
    "SELECT your size",
    "<3",
    "AT&T; Johnson & Sons",
    "1 = one",
    "Größe M",
    "龙井茶",
    "tea",
    "union jack flag",
    "pick-up or delivery",
    "select from our range",
    "where's the sale?",
    "l'été",
    "5 o'clock somewhere",
    "2 for 1 (gift)",
    "black and/or white",
    "100%",
    "drop table lamp",
];

/// What customers write about the wares.
pub const REVIEWS: [&str; 14] = [
    "O'Neil; DROP TABLE was a great band name",
    "It's good -- really good; I'd buy it again",
    "SELECT this one or that one, both are fine",
    "<3 <3 <3",
    "Größe stimmt, Farbe auch. Schön!",
    "很好喝，下次还买",
    "5/5, no notes",
    "1 = one star, 5 = five stars, this is a 5",
    "My wife's favourite, and my son's too",
    "The manual says <script> where it means <description>",
    "rock'n'roll!",
    "100% cotton? 50% at best...",
    "UNION of style and comfort",
    "Ordered 2, got 1; AT&T; Johnson & Sons fixed it",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn half_of_the_searches_have_something_to_find() {
        let finds = |text: &&str| {
            let text = text.to_lowercase();
            WARES.iter().any(|ware| ware.to_lowercase().contains(&text))
        };
        assert_eq!(SEARCHES.iter().filter(|text| finds(text)).count(), 10);
    }
}
