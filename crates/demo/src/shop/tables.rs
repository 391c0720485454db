//! The shop's tables, filled from the world.

use crate::sql::{Database, Limits, Table, Value};
use crate::world::World;

/// Columns of `users`. Everything is in one table, as in so many shops.
pub(super) const USER_COLUMNS: [&str; 8] =
    ["id", "name", "email", "address", "phone", "password", "pin", "role"];

/// What the second version of the shop knows of people besides.
pub(super) const NICKNAME: &str = "nickname";

/// The tables of `world` when the shop opens.
pub(super) fn tables(world: &World) -> Database {
    let mut database = Database::new(Limits::SHOP);
    database.put("users", users(world));
    database.put("products", products(world));
    database.put("orders", orders(world));
    database.put("reviews", reviews(world));
    database.put("sessions", sessions(world));
    database.put("cart", Table::with_columns(&["user_id", "product_id", "quantity"]));
    database
}

fn users(world: &World) -> Table {
    let columns: Vec<_> = USER_COLUMNS.into_iter().chain([NICKNAME]).collect();
    filled(&columns, world.people(), |it| {
        let texts = [&it.name, &it.email, &it.address, &it.phone, &it.password, &it.pin];
        let texts = texts.into_iter().map(|text| Value::from(text.as_str()));
        let id = std::iter::once(Value::from(it.id));
        id.chain(texts).chain([Value::from(it.role.word()), Value::Null]).collect()
    })
}

fn products(world: &World) -> Table {
    filled(&["id", "name", "price_cents", "description"], &world.products, |it| {
        let (name, description) = (it.name.as_str(), it.description.as_str());
        vec![it.id.into(), name.into(), it.price_cents.into(), description.into()]
    })
}

fn orders(world: &World) -> Table {
    let columns = ["id", "customer_id", "product_id", "quantity", "status"];
    filled(&columns, &world.orders, |it| {
        let ids = [it.id, it.customer_id, it.product_id, it.quantity].map(Value::from);
        ids.into_iter().chain([Value::from("delivered")]).collect()
    })
}

fn reviews(world: &World) -> Table {
    filled(&["id", "product_id", "author", "text"], &world.reviews, |it| {
        let (author, text) = (it.author.as_str(), it.text.as_str());
        vec![it.id.into(), it.product_id.into(), author.into(), text.into()]
    })
}

fn sessions(world: &World) -> Table {
    filled(&["token", "user_id", "role"], &world.sessions, |it| {
        vec![it.token.as_str().into(), it.person_id.into(), "customer".into()]
    })
}

fn filled<'a, T: 'a>(
    columns: &[&str],
    items: impl IntoIterator<Item = &'a T>,
    row: impl Fn(&T) -> Vec<Value>,
) -> Table {
    let mut table = Table::with_columns(columns);
    for item in items {
        table.push(row(item));
    }
    table
}
