//! Segments of earlier programs: what they did not write is filled in as not known.
//!
//! Reads    batches of some or all columns of a segment.
//! Writes   the same, with every column and every part of a list that is missing.
//! Errors   Arrow's, if a list has no parts that fit.
//! Misses   columns that another program gave another type: reading those fails.

use super::columns::schema;
use arrow::array::{
    Array, ArrayRef, AsArray, ListArray, RecordBatch, RecordBatchOptions, StringViewArray,
    StructArray, UInt8Array, UInt64Array, new_null_array,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{DataType, Field, FieldRef, Schema};
use arrow::error::ArrowError;
use std::sync::Arc;

/// What a file lacks.
#[derive(Clone, Debug)]
pub struct Earlier {
    columns: Vec<FieldRef>,
    /// Of lists, by their names.
    parts: Vec<(String, Vec<FieldRef>)>,
}

impl Earlier {
    /// What a file with these columns lacks; `None` if nothing.
    pub fn of(file: &Schema) -> Option<Self> {
        let mut it = Self { columns: Vec::new(), parts: Vec::new() };
        for wanted in schema().fields() {
            match file.field_with_name(wanted.name()) {
                Err(_) => it.columns.push(Arc::clone(wanted)),
                Ok(has) => {
                    let known: Vec<_> = parts(has).iter().map(|it| it.name()).collect();
                    let missing = parts(wanted).iter().filter(|it| !known.contains(&it.name()));
                    let missing: Vec<_> = missing.cloned().collect();
                    if !missing.is_empty() {
                        it.parts.push((wanted.name().clone(), missing));
                    }
                }
            }
        }
        (!it.columns.is_empty() || !it.parts.is_empty()).then_some(it)
    }

    /// The batch, of some or all columns of the file, with what the file lacks.
    ///
    /// # Errors
    ///
    /// [`ArrowError`].
    pub fn fill(&self, batch: &RecordBatch) -> Result<RecordBatch, ArrowError> {
        let rows = batch.num_rows();
        let (mut fields, mut columns) = (Vec::new(), Vec::new());
        for (has, column) in batch.schema().fields().iter().zip(batch.columns()) {
            let missing = self.parts.iter().find(|it| it.0 == *has.name());
            let column = match missing {
                Some((_, missing)) => with_parts(column, missing)?,
                None => Arc::clone(column),
            };
            fields.push(Field::new(has.name(), column.data_type().clone(), has.is_nullable()));
            columns.push(column);
        }
        for missing in &self.columns {
            fields.push(missing.as_ref().clone());
            columns.push(unknown(missing, rows));
        }
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        RecordBatch::try_new_with_options(Arc::new(Schema::new(fields)), columns, &options)
    }
}

/// The parts of the items of a list; none of any other column.
fn parts(of: &Field) -> &[FieldRef] {
    let DataType::List(item) = of.data_type() else { return &[] };
    let DataType::Struct(parts) = item.data_type() else { return &[] };
    parts
}

fn with_parts(column: &ArrayRef, missing: &[FieldRef]) -> Result<ArrayRef, ArrowError> {
    let list = column.as_list_opt::<i32>();
    let items = list.and_then(|it| Some((it, it.values().as_struct_opt()?)));
    let Some((list, items)) = items else { return Ok(Arc::clone(column)) };
    let mut fields = items.fields().to_vec();
    let mut parts = items.columns().to_vec();
    for it in missing {
        fields.push(Arc::clone(it));
        parts.push(unknown(it, items.len()));
    }
    let items: ArrayRef =
        Arc::new(StructArray::try_new(fields.into(), parts, items.nulls().cloned())?);
    let item = Arc::new(Field::new("item", items.data_type().clone(), false));
    Ok(Arc::new(ListArray::try_new(item, list.offsets().clone(), items, list.nulls().cloned())?))
}

/// What stands for nothing: null where that is allowed, else empty or 0.
fn unknown(field: &Field, rows: usize) -> ArrayRef {
    let is = |it: &DataType| !field.is_nullable() && field.data_type() == it;
    if is(&DataType::Utf8View) {
        Arc::new(StringViewArray::from_iter_values(std::iter::repeat_n("", rows)))
    } else if is(&DataType::UInt8) {
        Arc::new(UInt8Array::from(vec![0; rows]))
    } else if is(&DataType::UInt64) {
        Arc::new(UInt64Array::from(vec![0; rows]))
    } else if let (DataType::List(item), false) = (field.data_type(), field.is_nullable()) {
        let ends = OffsetBuffer::new(vec![0; rows + 1].into());
        Arc::new(ListArray::new(Arc::clone(item), ends, new_null_array(item.data_type(), 0), None))
    } else {
        new_null_array(field.data_type(), rows)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "tests fail by panicking")]
mod tests {
    use super::*;
    use crate::sample;
    use crate::segments::columns::Rows;
    use crate::segments::rows::{Shared, observations};
    use bartizan_model::fact::Forms;
    use bartizan_model::fact::Listed;
    use bartizan_model::host::{Pointed, Side};
    use bartizan_model::id::KeyedHash;
    use bartizan_model::place::Place;
    use bartizan_model::traits::Traits;

    /// A batch as a program wrote it that knew no classes.
    fn earlier() -> RecordBatch {
        let mut rows = Rows::default();
        (1..4).for_each(|n| rows.push(&sample::observation(n)));
        let batch = rows.finish().unwrap();
        let (mut fields, mut columns) = (Vec::new(), Vec::new());
        for (field, column) in batch.schema().fields().iter().zip(batch.columns()) {
            if ["operation", "traits", "trait_bits", "hosts", "listed"]
                .contains(&field.name().as_str())
            {
                continue;
            }
            let column =
                if field.name().ends_with("_facts") { without(column) } else { Arc::clone(column) };
            fields.push(Field::new(field.name(), column.data_type().clone(), field.is_nullable()));
            columns.push(column);
        }
        RecordBatch::try_new(Arc::new(Schema::new(fields)), columns).unwrap()
    }

    fn without(column: &ArrayRef) -> ArrayRef {
        let list = column.as_list::<i32>();
        let items = list.values().as_struct();
        let fields = items.fields()[..7].to_vec();
        let parts = items.columns()[..7].to_vec();
        let items: ArrayRef = Arc::new(StructArray::try_new(fields.into(), parts, None).unwrap());
        let item = Arc::new(Field::new("item", items.data_type().clone(), false));
        Arc::new(ListArray::try_new(item, list.offsets().clone(), items, None).unwrap())
    }

    #[test]
    fn rows_of_an_earlier_program_are_read_without_what_it_did_not_know() {
        let batch = earlier();
        let earlier = Earlier::of(&batch.schema()).unwrap();
        let read = observations(&earlier.fill(&batch).unwrap(), &mut Shared::default()).unwrap();
        for (n, found) in (1..4).zip(read) {
            let mut wanted = sample::observation(n);
            (wanted.traits, wanted.operation) = (Traits::NONE, Arc::default());
            wanted.pointed = Vec::new();
            for facts in [&mut wanted.request, &mut wanted.response].into_iter().flatten() {
                facts.facts.iter_mut().for_each(|it| (it.forms, it.sign) = (Forms::NONE, None));
            }
            assert_eq!(found, wanted);
        }
    }

    #[test]
    fn of_some_columns_only_what_the_file_lacks_is_added() {
        let batch = earlier();
        let position = batch.schema().index_of("request_facts").unwrap();
        let earlier = Earlier::of(&batch.schema()).unwrap();
        let filled = earlier.fill(&batch.project(&[position]).unwrap()).unwrap();
        let names: Vec<_> = filled.schema().fields().iter().map(|it| it.name().clone()).collect();
        assert_eq!(
            names,
            ["request_facts", "operation", "traits", "trait_bits", "hosts", "listed"]
        );
        assert_eq!(parts(filled.schema().field(0)).len(), 10);
    }

    #[test]
    fn hosts_and_values_of_lists_come_back_with_their_places() {
        let pointed = |side, place: Place, host: &str| Pointed {
            side,
            place,
            host: host.parse().unwrap(),
            is_own: side == Side::Response,
        };
        let mut it = sample::observation(1);
        let listed = Listed { field: 1, value: KeyedHash(7) };
        it.request.as_mut().unwrap().listed = vec![listed, listed];
        it.response.as_mut().unwrap().listed = vec![listed];
        it.pointed = vec![
            pointed(Side::Request, Place::body("$.url"), "*.hooks.example"),
            pointed(Side::Response, Place::header(b"location"), "169.254.169.254"),
        ];
        let mut rows = Rows::default();
        [&sample::observation(2), &it].iter().for_each(|it| rows.push(it));
        let batch = rows.finish().unwrap();
        let read = observations(&batch, &mut Shared::default()).unwrap();
        assert_eq!(read, [sample::observation(2), it]);
    }

    #[test]
    fn a_file_of_this_program_lacks_nothing() {
        assert!(Earlier::of(&schema()).is_none());
    }
}
