//! What a caller may write into a complaint. Every bad field is named, not just the first.

use std::borrow::Cow;
use std::collections::BTreeMap;

use contracts::WaUserId;
use contracts::dto::case::{CreateComplaint, UpdateComplaint};
use contracts::message::MediaRef;
use serde_json::Value;

use super::Place;

/// A bad field and the remedy.
pub type FieldErrors = Vec<(Cow<'static, str>, String)>;

/// Longest texts, in characters. Open311 allows 4,000 for a description; WhatsApp's longest message is about that.
const LONGEST_DESKRIPSI: usize = 4_000;
const LONGEST_ALAMAT: usize = 500;
const LONGEST_NAME: usize = 120;
const LONGEST_RT: usize = 5;
/// Remarks and questions travel to the citizen inside one message.
const LONGEST_REMARK: usize = 2_000;
/// Photos of one complaint.
const MOST_MEDIA: usize = 20;

/// Collects what is wrong while reading a body.
#[derive(Debug, Default)]
pub struct Checker(FieldErrors);

impl Checker {
    /// All that was wrong.
    pub fn finish(self) -> FieldErrors {
        self.0
    }

    /// Notes a bad field.
    pub fn refuse(&mut self, field: impl Into<Cow<'static, str>>, message: impl Into<String>) {
        self.0.push((field.into(), message.into()));
    }

    fn required(&mut self, field: &'static str, value: &str, longest: usize) -> String {
        let value = value.trim();
        if value.is_empty() {
            self.refuse(field, "is required");
        }
        self.fits(field, value, longest);
        value.to_owned()
    }

    /// An empty text says that there is none.
    fn optional(&mut self, field: &'static str, value: Option<&str>, longest: usize) -> Option<String> {
        let value = value.map(str::trim).filter(|value| !value.is_empty())?;
        self.fits(field, value, longest);
        Some(value.to_owned())
    }

    fn fits(&mut self, field: &'static str, value: &str, longest: usize) {
        let length = value.chars().count();
        if length > longest {
            self.refuse(field, format!("has {length} characters; {longest} fit"));
        }
        if value.contains('\0') {
            self.refuse(field, "contains a NUL character");
        }
    }

    fn pin(&mut self, lat: Option<f64>, lng: Option<f64>) {
        if lat.is_some_and(|lat| !(-90.0..=90.0).contains(&lat)) {
            self.refuse("lat", "must be between -90 and 90");
        }
        if lng.is_some_and(|lng| !(-180.0..=180.0).contains(&lng)) {
            self.refuse("lng", "must be between -180 and 180");
        }
        match (lat, lng) {
            (Some(_), None) => self.refuse("lng", "is required when lat is given"),
            (None, Some(_)) => self.refuse("lat", "is required when lng is given"),
            _ => {}
        }
    }

    fn media(&mut self, media: &[MediaRef]) {
        if media.len() > MOST_MEDIA {
            self.refuse("media", format!("has {} entries; {MOST_MEDIA} fit", media.len()));
        }
        let texts = media
            .iter()
            .flat_map(|item| [Some(&item.id), item.mime_type.as_ref(), item.filename.as_ref(), item.key.as_ref()]);
        if texts.flatten().any(|text| text.contains('\0') || text.chars().count() > LONGEST_ALAMAT) {
            self.refuse("media", "has an entry that is too long or contains a NUL character");
        }
        if media.iter().any(|item| item.id.trim().is_empty()) {
            self.refuse("media", "has an entry without an id");
        }
    }
}

/// A new complaint, read and trimmed.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// Only looked at when there is no contact id.
    pub wa_user_id: Option<WaUserId>,
    pub kategori: String,
    pub deskripsi: String,
    pub nama: Option<String>,
    pub place: Place,
}

/// Whether somebody must be known to be behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reporter {
    Named,
    /// Reports from other programs may be nobody's.
    Unknown,
}

/// Reads a new complaint. The draft is only good when nothing was refused.
pub fn read(body: &CreateComplaint, reporter: Reporter, check: &mut Checker) -> Draft {
    let wa_user_id = match (&body.contact_id, &body.wa_user_id) {
        (Some(_), _) => None,
        (None, None) => {
            if reporter == Reporter::Named {
                check.refuse("wa_user_id", "give wa_user_id or contact_id");
            }
            None
        }
        (None, Some(text)) => WaUserId::parse(text).map_err(|error| check.refuse("wa_user_id", error.to_string())).ok(),
    };
    check.pin(body.lat, body.lng);
    check.media(&body.media);
    Draft {
        wa_user_id,
        kategori: check.required("kategori", &body.kategori, LONGEST_NAME),
        deskripsi: check.required("deskripsi", &body.deskripsi, LONGEST_DESKRIPSI),
        // An anonymous reporter's name is not kept at all.
        nama: check.optional("nama", body.nama.as_deref(), LONGEST_NAME).filter(|_| !body.anonim),
        place: Place {
            alamat: check.required("alamat", &body.alamat, LONGEST_ALAMAT),
            lat: body.lat,
            lng: body.lng,
            patokan: check.optional("patokan", body.patokan.as_deref(), LONGEST_ALAMAT),
            rt: check.optional("rt", body.rt.as_deref(), LONGEST_RT),
            rw: check.optional("rw", body.rw.as_deref(), LONGEST_RT),
            kelurahan: check.optional("kelurahan", body.kelurahan.as_deref(), LONGEST_NAME),
            kecamatan: check.optional("kecamatan", body.kecamatan.as_deref(), LONGEST_NAME),
        },
    }
}

/// A change, read and trimmed. For fields that a complaint may lack, `Some(None)` empties them.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Patch {
    pub kategori: Option<String>,
    pub alamat: Option<String>,
    pub deskripsi: Option<String>,
    pub pin: Option<(f64, f64)>,
    pub patokan: Option<Option<String>>,
    pub rt: Option<Option<String>>,
    pub rw: Option<Option<String>>,
    pub kelurahan: Option<Option<String>>,
    pub kecamatan: Option<Option<String>>,
    pub media: Vec<MediaRef>,
    /// Answers by field; `null` takes one back.
    pub fields: BTreeMap<String, Value>,
    pub urgent: Option<bool>,
    pub assigned_agency: Option<Option<String>>,
    pub assigned_to: Option<Option<String>>,
    pub assigned_name: Option<Option<String>>,
    pub words: Words,
}

/// What is said along with a move.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Words {
    pub reason: Option<String>,
    pub remark: Option<String>,
    pub question: Option<String>,
    pub agency: Option<String>,
}

/// Reads a change. The patch is only good when nothing was refused.
pub fn read_patch(body: &UpdateComplaint, check: &mut Checker) -> Patch {
    let mut needed =
        |field, value: &Option<String>, longest| value.as_deref().map(|value| check.required(field, value, longest));
    let kategori = needed("kategori", &body.kategori, LONGEST_NAME);
    let alamat = needed("alamat", &body.alamat, LONGEST_ALAMAT);
    let deskripsi = needed("deskripsi", &body.deskripsi, LONGEST_DESKRIPSI);
    check.pin(body.lat, body.lng);
    check.media(&body.media);
    let mut emptied = |field, value: &Option<String>, longest| {
        value.as_deref().map(|value| check.optional(field, Some(value), longest))
    };
    let patokan = emptied("patokan", &body.patokan, LONGEST_ALAMAT);
    let rt = emptied("rt", &body.rt, LONGEST_RT);
    let rw = emptied("rw", &body.rw, LONGEST_RT);
    let kelurahan = emptied("kelurahan", &body.kelurahan, LONGEST_NAME);
    let kecamatan = emptied("kecamatan", &body.kecamatan, LONGEST_NAME);
    let assigned_agency = emptied("assigned_agency", &body.assigned_agency, LONGEST_NAME);
    let assigned_to = emptied("assigned_to", &body.assigned_to, LONGEST_NAME);
    let assigned_name = emptied("assigned_name", &body.assigned_name, LONGEST_NAME);
    if body.status.is_none() {
        for (field, given) in [
            ("question", body.question.is_some()),
            ("agency", body.agency.is_some()),
            ("of", body.of.is_some()),
            ("remark", body.remark.is_some()),
        ] {
            if given {
                check.refuse(field, "goes with a status");
            }
        }
    }
    Patch {
        kategori,
        alamat,
        deskripsi,
        pin: body.lat.zip(body.lng),
        patokan,
        rt,
        rw,
        kelurahan,
        kecamatan,
        media: body.media.clone(),
        fields: body.fields.clone(),
        urgent: body.urgent,
        assigned_agency,
        assigned_to,
        assigned_name,
        words: Words {
            reason: check.optional("reason", body.reason.as_deref(), LONGEST_REMARK),
            remark: check.optional("remark", body.remark.as_deref(), LONGEST_REMARK),
            question: check.optional("question", body.question.as_deref(), LONGEST_REMARK),
            agency: check.optional("agency", body.agency.as_deref(), LONGEST_NAME),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fields(errors: &FieldErrors) -> Vec<&str> {
        errors.iter().map(|(field, _)| field.as_ref()).collect()
    }

    #[test]
    fn an_empty_body_is_told_everything_that_it_lacks() {
        let mut check = Checker::default();
        read(&CreateComplaint::default(), Reporter::Named, &mut check);
        assert_eq!(fields(&check.finish()), ["wa_user_id", "kategori", "deskripsi", "alamat"]);
    }

    #[test]
    fn every_bad_field_is_named() {
        let body = CreateComplaint {
            wa_user_id: Some("budi".to_owned()),
            kategori: "sampah".to_owned(),
            alamat: "x".repeat(501),
            deskripsi: "ada\0".to_owned(),
            lat: Some(91.0),
            rt: Some("0000002".to_owned()),
            media: vec![MediaRef { id: " ".to_owned(), ..MediaRef::default() }],
            ..CreateComplaint::default()
        };
        let mut check = Checker::default();
        read(&body, Reporter::Named, &mut check);
        assert_eq!(fields(&check.finish()), ["wa_user_id", "lat", "lng", "media", "deskripsi", "alamat", "rt"]);
    }

    #[test]
    fn coordinates_that_are_no_number_are_refused() {
        let mut check = Checker::default();
        check.pin(Some(f64::NAN), Some(f64::INFINITY));
        assert_eq!(fields(&check.finish()), ["lat", "lng"]);
    }

    #[test]
    fn the_name_of_an_anonymous_reporter_is_not_kept() {
        let body = CreateComplaint { nama: Some("Budi".to_owned()), anonim: true, ..CreateComplaint::default() };
        assert_eq!(read(&body, Reporter::Named, &mut Checker::default()).nama, None);
    }

    #[test]
    fn a_change_trims_empties_and_refuses() {
        let body = UpdateComplaint {
            alamat: Some("  Jl. Melati 15 ".to_owned()),
            patokan: Some(" ".to_owned()),
            deskripsi: Some(String::new()),
            remark: Some("sudah".to_owned()),
            ..UpdateComplaint::default()
        };
        let mut check = Checker::default();
        let patch = read_patch(&body, &mut check);
        assert_eq!(patch.alamat.as_deref(), Some("Jl. Melati 15"));
        assert_eq!(patch.patokan, Some(None));
        assert_eq!(fields(&check.finish()), ["deskripsi", "remark"]);
    }
}
