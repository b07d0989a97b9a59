//! The body of `PUT /internal/areas`: the official table as CSV, or a list as JSON.

use super::{Area, LONGEST_NAME, MOST};

/// Why a table is refused: where, and what is wrong.
pub type Wrong = (String, String);

/// Reads a CSV table with a header: a column `kode` or `code`, and `nama` or `name`; others are ignored.
pub fn csv(body: &[u8]) -> Result<Vec<Area>, Wrong> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).trim(csv::Trim::All).from_reader(body);
    let header = reader.headers().map_err(|error| wrong("header", &error))?.clone();
    let column = |names: [&str; 2]| {
        header.iter().position(|column| names.contains(&column.trim_start_matches('\u{feff}').to_lowercase().as_str()))
    };
    let (Some(code), Some(name)) = (column(["kode", "code"]), column(["nama", "name"])) else {
        return Err(("header".to_owned(), "names no columns kode and nama (or code and name)".to_owned()));
    };
    let mut areas = Vec::new();
    for (nth, record) in reader.records().enumerate() {
        let at = format!("line {}", nth + 2);
        let record = record.map_err(|error| wrong(&at, &error))?;
        let (Some(code), Some(name)) = (record.get(code), record.get(name)) else {
            return Err((at, "has too few columns".to_owned()));
        };
        areas.push(Area { code: code.to_owned(), name: name.to_owned() });
        if areas.len() > MOST {
            return Err(too_many());
        }
    }
    check(areas, |nth| format!("line {}", nth + 2))
}

/// Reads a list of `{code, name}`.
pub fn json(body: &[u8]) -> Result<Vec<Area>, Wrong> {
    let areas: Vec<Area> = serde_json::from_slice(body).map_err(|error| wrong("body", &error))?;
    if areas.len() > MOST {
        return Err(too_many());
    }
    check(areas, |nth| format!("[{nth}]"))
}

fn check(areas: Vec<Area>, at: impl Fn(usize) -> String) -> Result<Vec<Area>, Wrong> {
    for (nth, area) in areas.iter().enumerate() {
        if !area.has_good_code() {
            return Err((at(nth), "has a code that is not like 33.74.01 or 33.74.01.1001".to_owned()));
        }
        let length = area.name.chars().count();
        if length == 0 || length > LONGEST_NAME || area.name.chars().any(char::is_control) {
            return Err((at(nth), format!("has a name that is empty, odd, or longer than {LONGEST_NAME} letters")));
        }
    }
    Ok(areas)
}

fn too_many() -> Wrong {
    ("body".to_owned(), format!("holds more than {MOST} areas: load only those of the office"))
}

fn wrong(at: &str, error: &dyn std::fmt::Display) -> Wrong {
    (at.to_owned(), error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_official_table_is_read() {
        let areas = csv(
            b"kode,level,nama\n33.74.01,kecamatan,Semarang Tengah\n12.07.28.1007,kelurahan_desa,\"Lubuk Pakam I,II\"\n",
        )
        .expect("a good table");
        assert_eq!(areas[1].name, "Lubuk Pakam I,II");
        assert_eq!(areas.len(), 2);
        assert!(csv(b"\xef\xbb\xbfcode,name\n33.74.01,Genuk\n").is_ok());
        assert!(json(br#"[{"code":"33.74.01","name":"Genuk"}]"#).is_ok());
    }

    #[test]
    fn what_is_wrong_is_named() {
        assert_eq!(csv(b"a,b\n1,2\n").expect_err("no columns").0, "header");
        assert_eq!(csv(b"kode,nama\n33.74.01,Genuk\nx,y\n").expect_err("no code").0, "line 3");
        assert_eq!(csv(b"kode,nama\n33.74.01,\n").expect_err("no name").0, "line 2");
        assert_eq!(json(br#"[{"code":"33","name":""}]"#).expect_err("no name").0, "[0]");
        let many = format!("kode,nama\n{}", "33.74.01,Genuk\n".repeat(MOST + 1));
        assert!(csv(many.as_bytes()).expect_err("too many").1.contains("more than"));
        assert!(csv(&[0xff, 0xfe, 0x00]).is_err());
    }
}
