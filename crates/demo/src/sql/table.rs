//! Tables, and the statements that read and change them.

use super::evaluate::Scope;
use super::grammar::{Core, Expression, Item, Order, OrderBy, Select, Statement};
use super::parse::statements;
use super::{Limits, SqlError, Value};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Named tables.
#[derive(Clone, Debug)]
pub struct Database {
    tables: BTreeMap<String, Table>,
    limits: Limits,
}

/// Named columns, and rows of as many values.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Table {
    columns: Vec<String>,
    rows: Vec<Vec<Value>>,
}

/// What a statement answers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rows {
    /// Names of the columns.
    pub columns: Vec<String>,
    /// The rows, each with one value for each column.
    pub rows: Vec<Vec<Value>>,
}

impl Table {
    /// A table with these columns and no rows.
    pub fn with_columns(columns: &[&str]) -> Self {
        Self { columns: columns.iter().map(|&it| it.to_owned()).collect(), rows: Vec::new() }
    }

    /// Adds a row; values that are missing are `NULL`, and those too many are left out.
    pub fn push(&mut self, mut row: Vec<Value>) {
        row.resize(self.columns.len(), Value::Null);
        self.rows.push(row);
    }
}

impl Database {
    /// A database without tables.
    pub fn new(limits: Limits) -> Self {
        Self { tables: BTreeMap::new(), limits }
    }

    /// Adds or replaces a table.
    pub fn put(&mut self, name: &str, table: Table) {
        self.tables.insert(name.to_owned(), table);
    }

    /// Runs the statements of `text` in turn and returns what the first one answers.
    ///
    /// # Errors
    ///
    /// `SqlError` of the text, which then was not run at all, or of the first statement that fails;
    /// those before it have been run.
    pub fn run(&mut self, text: &str, parameters: &[Value]) -> Result<Rows, SqlError> {
        let mut first = None;
        for statement in statements(text, self.limits)? {
            let rows = self.execute(&statement, parameters)?;
            first.get_or_insert(rows);
        }
        Ok(first.unwrap_or_default())
    }

    fn execute(&mut self, statement: &Statement, parameters: &[Value]) -> Result<Rows, SqlError> {
        match statement {
            Statement::Select(select) => return self.select(select, parameters),
            Statement::Insert { table, columns, values } => {
                self.insert(table, columns, values, parameters)?;
            }
            Statement::Update { table, changes, condition } => {
                self.table_mut(table)?.update(changes, condition.as_ref(), parameters)?;
            }
            Statement::Delete { table, condition } => {
                self.table_mut(table)?.delete(condition.as_ref(), parameters)?;
            }
            Statement::Drop { table } => {
                self.tables.remove(table).ok_or_else(|| SqlError::NoSuchTable(table.clone()))?;
            }
        }
        Ok(Rows::default())
    }

    fn select(&self, select: &Select, parameters: &[Value]) -> Result<Rows, SqlError> {
        let mut result = self.core(&select.first, parameters)?;
        for union in &select.unions {
            let more = self.core(&union.core, parameters)?;
            let (left, right) = (result.columns.len(), more.columns.len());
            if left != right {
                return Err(SqlError::ColumnsDiffer { left, right });
            }
            result.rows.extend(more.rows);
            if !union.all {
                result.keep_distinct();
            }
            if result.rows.len() > self.limits.rows_max {
                return Err(SqlError::TooManyRows);
            }
        }
        result.sort(&select.order)?;
        result.rows.truncate(select.limit.unwrap_or(usize::MAX));
        Ok(result)
    }

    fn core(&self, core: &Core, parameters: &[Value]) -> Result<Rows, SqlError> {
        let nothing = Table { columns: Vec::new(), rows: vec![Vec::new()] };
        let table = match &core.table {
            None => &nothing,
            Some(name) => self.table(name)?,
        };
        let mut result = Rows { columns: table.column_names(&core.items), rows: Vec::new() };
        for row in &table.rows {
            let scope = Scope { columns: &table.columns, row, parameters };
            if scope.meets(core.condition.as_ref())? {
                result.rows.push(project(scope, &core.items)?);
            }
        }
        if core.distinct {
            result.keep_distinct();
        }
        Ok(result)
    }

    fn insert(
        &mut self,
        table: &str,
        columns: &[String],
        values: &[Expression],
        parameters: &[Value],
    ) -> Result<(), SqlError> {
        let rows_max = self.limits.rows_max;
        let table = self.table_mut(table)?;
        if table.rows.len() >= rows_max {
            return Err(SqlError::TooManyRows);
        }
        let (left, right) = (columns.len(), values.len());
        if left != right {
            return Err(SqlError::ColumnsDiffer { left, right });
        }
        let scope = Scope { columns: &[], row: &[], parameters };
        let mut row = vec![Value::Null; table.columns.len()];
        for (column, value) in columns.iter().zip(values) {
            table.set(&mut row, column, scope.value(value)?)?;
        }
        table.rows.push(row);
        Ok(())
    }

    fn table(&self, name: &str) -> Result<&Table, SqlError> {
        self.tables.get(name).ok_or_else(|| SqlError::NoSuchTable(name.to_owned()))
    }

    fn table_mut(&mut self, name: &str) -> Result<&mut Table, SqlError> {
        self.tables.get_mut(name).ok_or_else(|| SqlError::NoSuchTable(name.to_owned()))
    }
}

impl Table {
    fn column_names(&self, items: &[Item]) -> Vec<String> {
        let names = |item: &Item| match item {
            Item::AllColumns => self.columns.clone(),
            Item::One { name, .. } => vec![name.clone()],
        };
        items.iter().flat_map(names).collect()
    }

    fn set(&self, row: &mut [Value], column: &str, value: Value) -> Result<(), SqlError> {
        let position = self.columns.iter().position(|it| it == column);
        let field = position.and_then(|at| row.get_mut(at));
        *field.ok_or_else(|| SqlError::NoSuchColumn(column.to_owned()))? = value;
        Ok(())
    }

    fn update(
        &mut self,
        changes: &[(String, Expression)],
        condition: Option<&Expression>,
        parameters: &[Value],
    ) -> Result<(), SqlError> {
        let mut rows = self.rows.clone();
        for row in &mut rows {
            let before = row.clone();
            let scope = Scope { columns: &self.columns, row: &before, parameters };
            if !scope.meets(condition)? {
                continue;
            }
            for (column, value) in changes {
                self.set(row, column, scope.value(value)?)?;
            }
        }
        self.rows = rows;
        Ok(())
    }

    fn delete(
        &mut self,
        condition: Option<&Expression>,
        parameters: &[Value],
    ) -> Result<(), SqlError> {
        let mut kept = Vec::new();
        for row in &self.rows {
            let scope = Scope { columns: &self.columns, row, parameters };
            if !scope.meets(condition)? {
                kept.push(row.clone());
            }
        }
        self.rows = kept;
        Ok(())
    }
}

impl Rows {
    /// The field of `row` that is called `column`.
    pub fn field<'a>(&self, row: &'a [Value], column: &str) -> Option<&'a Value> {
        row.get(self.columns.iter().position(|it| it == column)?)
    }

    fn keep_distinct(&mut self) {
        let mut seen = BTreeSet::new();
        self.rows.retain(|row| seen.insert(row.clone()));
    }

    fn sort(&mut self, order: &[Order]) -> Result<(), SqlError> {
        let mut keys = Vec::new();
        for Order { by, descending } in order {
            keys.push((self.position(by)?, *descending));
        }
        self.rows.sort_by(|one, other| {
            let compared = keys.iter().map(|&(at, descending)| {
                let ordering = one.get(at).cmp(&other.get(at));
                if descending { ordering.reverse() } else { ordering }
            });
            compared.fold(Ordering::Equal, Ordering::then)
        });
        Ok(())
    }

    fn position(&self, by: &OrderBy) -> Result<usize, SqlError> {
        match by {
            OrderBy::Number(number) if (1..=self.columns.len()).contains(number) => Ok(number - 1),
            OrderBy::Number(number) => Err(SqlError::NoSuchOrder(*number)),
            OrderBy::Name(name) => {
                let position = self.columns.iter().position(|it| it == name);
                position.ok_or_else(|| SqlError::NoSuchColumn(name.clone()))
            }
        }
    }
}

fn project(scope: Scope<'_>, items: &[Item]) -> Result<Vec<Value>, SqlError> {
    let mut row = Vec::new();
    for item in items {
        match item {
            Item::AllColumns => row.extend_from_slice(scope.row),
            Item::One { expression, .. } => row.push(scope.value(expression)?),
        }
    }
    Ok(row)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits =
        Limits { text_bytes_max: 2_000, nesting_max: 8, nodes_max: 60, rows_max: 5 };

    fn database() -> Database {
        let mut wares = Table::with_columns(&["id", "name", "price"]);
        wares.push(vec![Value::from(1), Value::from("O'Neil wetsuit"), Value::from(900)]);
        wares.push(vec![Value::from(2), Value::from("50% off -- tea"), Value::from(300)]);
        wares.push(vec![Value::from(3), Value::from("Lamp"), Value::Null]);
        let mut users = Table::with_columns(&["id", "email", "password"]);
        users.push(vec![Value::from(7), Value::from("a@example.com"), Value::from("teapot")]);
        users.push(vec![Value::from(8), Value::from("b@example.com"), Value::from("violet")]);
        let mut database = Database::new(LIMITS);
        database.put("wares", wares);
        database.put("users", users);
        database
    }

    fn shown(result: Result<Rows, SqlError>) -> String {
        let field = |value: &Value| value.text().unwrap_or_else(|| String::from("NULL"));
        let row = |row: &Vec<Value>| row.iter().map(field).collect::<Vec<_>>().join(",");
        match result {
            Ok(result) => result.rows.iter().map(row).collect::<Vec<_>>().join("|"),
            Err(error) => error.to_string(),
        }
    }

    /// Runs `text` on fresh tables; expects these rows, or this message.
    #[track_caller]
    fn check(text: &str, expected: &str) {
        assert_eq!(shown(database().run(text, &[])), expected, "{text}");
    }

    /// Runs `text`, then expects these rows from `then`.
    #[track_caller]
    fn check_after(text: &str, then: &str, expected: &str) {
        let mut database = database();
        database.run(text, &[]).unwrap();
        assert_eq!(shown(database.run(then, &[])), expected, "{text}; {then}");
    }

    #[test]
    fn conditions_choose_rows() {
        check("SELECT id FROM wares WHERE price > 299 AND price < 900", "2");
        check("SELECT id FROM wares WHERE price >= 300 AND NOT price = 900", "2");
        check("SELECT id FROM wares WHERE id = 1 OR id = 3 AND price = 5", "1");
        check("SELECT id FROM wares WHERE (id = 1 OR id = 3) AND price <> 5", "1");
        check("SELECT id FROM wares WHERE name LIKE '%O''NEIL%'", "1");
        check("SELECT id FROM wares WHERE name NOT LIKE '%e%'", "3");
        check("SELECT id FROM wares WHERE id IN (2, '3', 4)", "2|3");
    }

    #[test]
    fn what_is_unknown_is_not_true() {
        check("SELECT id FROM wares WHERE price = NULL", "");
        check("SELECT id FROM wares WHERE NOT price = 300", "1");
        check("SELECT id FROM wares WHERE price IS NULL", "3");
        check("SELECT id FROM wares WHERE price IS NOT NULL OR NULL", "1|2");
        check("SELECT NULL OR 1, NULL AND 0, NULL AND 1, NOT NULL", "1,0,NULL,NULL");
    }

    #[test]
    fn expressions_have_the_usual_precedence() {
        check("SELECT 1 + 2 * 3, (1 + 2) * 3, -2 - -3, 7 / 2, 7 % 4", "7,9,1,3,3");
        check("SELECT 'a' || 1 || NULL, 'a' || 'b' || 1", "NULL,ab1");
        check("SELECT 1 / 0, 9223372036854775807 + 1", "NULL,NULL");
        check("SELECT '1' = 1, 'a' = 1, 2 > '10', '2' > '10'", "1,0,0,1");
    }

    #[test]
    fn results_are_ordered_and_cut() {
        check("SELECT id FROM wares ORDER BY id DESC LIMIT 2", "3|2");
        check("SELECT name, id FROM wares ORDER BY 2 ASC LIMIT 1", "O'Neil wetsuit,1");
        check("SELECT id AS n, price FROM wares ORDER BY price, n", "3,NULL|2,300|1,900");
        check("SELECT id FROM wares ORDER BY 2", "order term 2 out of range");
        check("SELECT * FROM users ORDER BY email DESC LIMIT 1", "8,b@example.com,violet");
    }

    #[test]
    fn a_union_drops_doubles_unless_told_otherwise() {
        check("SELECT 1 UNION SELECT 1 UNION SELECT 2", "1|2");
        check("SELECT 1 UNION ALL SELECT 1", "1|1");
        check("SELECT DISTINCT 5 FROM wares", "5");
        check(
            "SELECT 1, 2 UNION SELECT 1",
            "numbers of columns differ: 2 on the left, 1 on the right",
        );
    }

    #[test]
    fn text_inside_quotes_is_only_text() {
        check("SELECT id FROM wares WHERE name LIKE '%50% off -- tea%'", "2");
        check("SELECT id FROM wares WHERE name = 'x; DROP TABLE users; --'", "");
        check("SELECT id FROM wares WHERE name = ''' OR ''1''=''1'", "");
    }

    #[test]
    fn text_that_leaves_its_quotes_is_run() {
        let typed = |q: &str| format!("SELECT id, name FROM wares WHERE name = '{q}' LIMIT 1");
        check(&typed("' OR '1'='1' --"), "1,O'Neil wetsuit|2,50% off -- tea|3,Lamp");
        check(
            &typed("'/**/uNiOn/*x*/SELECT id,email||':'||password FROM users--"),
            "7,a@example.com:teapot|8,b@example.com:violet",
        );
        check(&typed("' UNION SELECT id, password FROM users WHERE id = 8 /*"), "8,violet");
        check(&typed("' UNION SELECT pin, 1 FROM users --"), "no such column: pin");
        check(&typed("' UNION SELECT 1, 2 FROM secrets --"), "no such table: secrets");
    }

    #[test]
    fn stacked_statements_are_run_too() {
        let emails = "SELECT email FROM users";
        check_after("SELECT 1; DELETE FROM users WHERE id = 7; --", emails, "b@example.com");
        check_after("SELECT 1; DROP TABLE users", emails, "no such table: users");
        check_after(
            "UPDATE users SET email = password, password = email WHERE id = 8",
            "SELECT * FROM users",
            "7,a@example.com,teapot|8,violet,b@example.com",
        );
        check_after(
            "INSERT INTO users (email, id) VALUES ('c@example.com', 8 + 1)",
            "SELECT * FROM users WHERE id > 8",
            "9,c@example.com,NULL",
        );
        check("SELECT 5; SELECT 6;;", "5");
    }

    #[test]
    fn nothing_runs_unless_everything_parses() {
        let mut database = database();
        assert!(database.run("DROP TABLE users; SELECT oops oops", &[]).is_err());
        assert_eq!(shown(database.run("SELECT id FROM users", &[])), "7|8");
    }

    #[test]
    fn parameters_are_values_whatever_they_contain() {
        let mut database = database();
        let typed = [Value::from("O'Neil wetsuit"), Value::from("' OR 1=1 --")];
        let text = "SELECT id FROM wares WHERE name = ? OR name = ?";
        assert_eq!(shown(database.run(text, &typed)), "1");
        assert_eq!(shown(database.run(text, &typed[..1])), "parameter without a value");
    }

    #[test]
    fn what_is_no_sql_is_a_syntax_error() {
        for text in [
            "SELECT",
            "SELECT id FROM",
            "SELECT id FROM wares WHERE name = 'O'Neil'",
            "SELECT id FROM wares WHERE name = 'rock'n'roll'",
            "SELECT id FROM wares WHERE email = 'o'neil@example.com'",
            "SELECT from FROM wares",
            "SELECT (1",
            "SELECT 1 NOT 2",
            "SELECT 1 SELECT 2",
            "hello",
        ] {
            let error = database().run(text, &[]).unwrap_err();
            assert!(error.is_syntax(), "{text}: {error}");
        }
        assert!(!database().run("SELECT 1 FROM nowhere", &[]).unwrap_err().is_syntax());
    }

    #[test]
    fn an_expression_may_be_as_deep_and_large_as_the_limits() {
        let nested = |depth| format!("SELECT {}1{}", "(".repeat(depth), ")".repeat(depth));
        check(&nested(7), "1");
        check(&nested(8), "expression nested too deeply");
        check(&format!("SELECT {}1", "NOT ".repeat(8)), "expression nested too deeply");
        check(&format!("SELECT {}1", "- ".repeat(8)), "expression nested too deeply");
        let chained = |count| format!("SELECT 1{}", " + 1".repeat(count));
        check(&chained(29), "30");
        check(&chained(30), "expression too large");
    }

    #[test]
    fn the_shops_limits_fit_the_stack() {
        let mut database = Database::new(Limits::SHOP);
        let nested = format!("SELECT {}1{}", "(".repeat(23), ")".repeat(23));
        assert_eq!(shown(database.run(&nested, &[])), "1");
        let chained = format!("SELECT 1{}", " || 1".repeat(190));
        assert_eq!(shown(database.run(&chained, &[])).len(), 191);
    }

    #[test]
    fn tables_and_results_may_be_as_long_as_the_limit_and_no_longer() {
        let add = "INSERT INTO users (id) VALUES (1)";
        check(&format!("{add};{add};{add}"), "");
        check(&format!("{add};{add};{add};{add}"), "too many rows");
        let doubled = "SELECT id FROM wares UNION ALL SELECT id FROM";
        check(&format!("{doubled} users"), "1|2|3|7|8");
        check(&format!("{doubled} wares"), "too many rows");
    }
}
