//! Every text of the assistant, with its key and its variables.
//!
//! An office replaces a text by its key in `bot_texts` (`docs/bot-texts.md` lists them); the English one goes under
//! the key with `.en` behind it. Texts are minijinja templates, ours and theirs. Button and row titles are not among
//! them: WhatsApp allows them twenty characters.

/// One text.
#[derive(Debug, PartialEq, Eq)]
pub struct Text {
    /// The word in `bot_texts`.
    pub key: &'static str,
    pub indonesian: &'static str,
    pub english: &'static str,
    /// What it may name. What is not known is empty.
    pub variables: &'static [&'static str],
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident = $key:literal [$($variable:ident),*] $indonesian:literal $english:literal)+) => {
        $($(#[$doc])* pub const $name: Text = Text {
            key: $key, indonesian: $indonesian, english: $english, variables: &[$(stringify!($variable)),*],
        };)+
        /// Every text.
        pub const ALL: &[&Text] = &[$(&$name),+];
    };
}

texts! {
    /// The first words. An office's `greeting` replaces it, too.
    GREETING = "greeting" [salam, kantor]
        "{{ salam }} Saya asisten layanan pengaduan *{{ kantor }}*.\n\nSilakan tulis keluhan Bapak/Ibu, atau pilih di bawah ini."
        "{{ salam }} I'm the complaint desk assistant of *{{ kantor }}*.\n\nTell me what is wrong in your area, or choose below."
    WELCOME = "welcome" []
        "Sama-sama, Bapak/Ibu. Senang bisa membantu. 🙏"
        "You're welcome. Glad to help. 🙏"
    WHAT_NEXT = "what_next" []
        "Baik. Ada yang bisa saya bantu lagi?"
        "All right. Is there anything else I can do?"
    OUT_OF_SCOPE = "out_of_scope" []
        "Maaf, itu di luar yang bisa saya bantu. Saya melayani pengaduan warga: membuat laporan, mengecek statusnya, atau menyambungkan ke petugas."
        "Sorry, that is beyond what I can help with. I take citizens' reports, tell their status, and connect you with an officer."
    NOT_UNDERSTOOD = "not_understood" []
        "Maaf, saya belum paham maksudnya. Bisa ditulis dengan kalimat lain, atau pilih di bawah ini?"
        "Sorry, I didn't understand. Could you put it another way, or choose below?"
    NOT_CAUGHT = "not_caught" []
        "Maaf, jawabannya belum saya tangkap."
        "Sorry, I didn't catch that."
    GIVING_UP = "giving_up" []
        "Maaf, saya masih belum paham. Supaya tidak berlarut, saya sambungkan dengan petugas. Mohon tunggu sebentar, ya."
        "Sorry, I still don't understand. I'm passing you to an officer. Please wait a moment."

    /// A sticker or an emoji without anything under way.
    STICKER = "sticker" []
        "🙏 Ada yang bisa saya bantu?"
        "🙏 How can I help?"
    UNREADABLE = "unreadable" []
        "Maaf, pesan jenis itu belum bisa saya baca. Mohon ditulis dengan kata-kata, ya."
        "Sorry, I can't read that kind of message. Please write it in words."
    VOICE = "voice" []
        "Maaf, saya belum bisa mendengarkan pesan suara. Rekamannya saya simpan untuk petugas. Mohon ditulis singkat, ya, atau kirim foto dan titik lokasi."
        "Sorry, I can't listen to voice notes yet. I have kept it for the officers. Please write a short text, or send a photo and a location pin."
    LINK = "link" []
        "Maaf, tautan tidak bisa saya buka. Mohon ceritakan isinya dengan singkat, ya."
        "Sorry, I can't open links. Please tell me briefly what it is about."
    MAP_LINK = "map_link" []
        "Maaf, tautan peta tidak bisa saya buka. Mohon kirim titik lokasi lewat WhatsApp, atau tulis alamatnya."
        "Sorry, I can't open map links. Please send a location pin in WhatsApp, or write the address."
    BROADCAST = "broadcast" []
        "Sepertinya ini pesan berantai. Kebenarannya tidak bisa saya pastikan, jadi mohon tidak disebarkan dulu. Kalau ada masalah di sekitar Bapak/Ibu, silakan tulis dengan kalimat sendiri."
        "This looks like a chain message. I can't tell whether it is true, so please don't pass it on yet. If something is wrong in your area, please write it in your own words."
    MEDIA_RECEIVED = "media_received" []
        "Terima kasih, kirimannya sudah saya terima dan saya simpan."
        "Thank you, I have received and kept it."
    MEDIA_KEPT = "media_kept" []
        "Terima kasih, saya lampirkan pada laporan."
        "Thank you, I have attached it to the report."
    /// Pictures again and again, and not a word.
    MEDIA_AGAIN = "media_again" [jumlah]
        "Sudah {{ jumlah }} kiriman saya simpan. Supaya bisa diproses, saya perlu sedikit keterangan tertulis. Kalau sulit menulis, ketik *petugas* dan saya sambungkan."
        "I have kept {{ jumlah }} attachments. I need a few written words to go on. If writing is difficult, write *officer* and I'll connect you."

    TAKING = "taking" []
        "Baik, saya bantu catat laporannya."
        "All right, I'll take your report."
    TAKING_FIRST_OF = "taking_first_of" [jumlah]
        "Ada {{ jumlah }} laporan, ya. Kita catat satu per satu; yang lain saya ingat."
        "That is {{ jumlah }} reports. Let's take them one by one; I'll remember the others."
    ASK_PROBLEM = "ask_problem" []
        "Apa masalah yang ingin dilaporkan? Ceritakan singkat saja, misalnya: _lampu jalan mati sudah seminggu_."
        "What would you like to report? A short description is enough, e.g. _the street light has been out for a week_."
    ASK_PROBLEM_SHOWN = "ask_problem_shown" []
        "Masalah apa yang terlihat di situ? Ceritakan singkat saja."
        "What problem does it show? A short description is enough."
    ASK_CATEGORY = "ask_category" []
        "Laporan ini termasuk yang mana?"
        "Which of these fits your report best?"
    ASK_PLACE = "ask_place" []
        "Di mana lokasinya? Tulis alamatnya (jalan, nomor, RT/RW, kelurahan), atau kirim titik lokasi."
        "Where is it? Write the address (street, number, RT/RW, kelurahan), or send a location pin."
    PLACE_HELP = "place_help" []
        "Tidak apa-apa. Kirim saja titik lokasi, atau sebutkan patokan terdekat (sekolah, masjid, toko) dan kelurahannya."
        "No problem. Send a location pin, or name what stands nearby (a school, a mosque, a shop) and the kelurahan."
    /// A question of the category's own; the office writes it with the category.
    ASK_FIELD = "ask_field" [pertanyaan, petunjuk]
        "{{ pertanyaan }}{% if petunjuk %}\n_{{ petunjuk }}_{% endif %}"
        "{{ pertanyaan }}{% if petunjuk %}\n_{{ petunjuk }}_{% endif %}"
    HINT_NUMBER = "hint_number" []
        "Tulis dengan angka, ya."
        "Please write a number."
    HINT_DATE = "hint_date" []
        "Tulis tanggalnya, misalnya 20-11-2026, atau: hari ini, kemarin."
        "Please write the date, e.g. 20-11-2026, or: today, yesterday."
    HINT_CHOICE = "hint_choice" []
        "Silakan pilih salah satu."
        "Please choose one."
    HINT_OPTIONAL = "hint_optional" []
        "Boleh dilewati."
        "You may skip this."
    FIELD_REFUSED = "field_refused" [alasan]
        "Maaf, bagian ini belum diterima sistem{% if alasan %} ({{ alasan }}){% endif %}. Boleh diisi lagi, ya?"
        "Sorry, the system did not accept this part{% if alasan %} ({{ alasan }}){% endif %}. Could you answer it again?"
    CONFIRM = "confirm" [laporan]
        "Mohon dicek dulu, ya:\n\n{{ laporan }}\n\nSudah benar dan boleh dikirim?"
        "Please check:\n\n{{ laporan }}\n\nIs this right, and shall I send it?"
    CONFIRM_BY_WORDS = "confirm_by_words" [laporan]
        "{{ laporan }}\n\nBalas *ya* untuk mengirim laporan ini."
        "{{ laporan }}\n\nReply *yes* to send this report."
    CHANGED = "changed" []
        "Baik, sudah saya ubah."
        "All right, I have changed it."
    PERSONAL_LEFT_OUT = "personal_left_out" []
        "Demi keamanan Bapak/Ibu, NIK atau nomor telepon tidak saya tulis di laporan."
        "To keep you safe, I leave identity and phone numbers out of the report."
    QUEUED = "queued" []
        "Satu per satu, ya: kita selesaikan laporan ini dulu. Yang berikutnya saya ingat dan kita lanjutkan setelahnya."
        "One at a time: let's finish this report first. I'll remember the next one, and we'll go on with it afterwards."
    FINISH_FIRST = "finish_first" []
        "Kita selesaikan yang ini dulu, ya."
        "Let's finish this one first."
    WHAT_TO_CHANGE = "what_to_change" []
        "Bagian mana yang ingin diubah? Bisa juga langsung tulis yang benar, misalnya: _Jl. Mawar No. 3 RT 01_."
        "What should be changed? You can also write the right one, e.g. _Jl. Mawar No. 3 RT 01_."
    DROPPED = "dropped" []
        "Baik, laporannya tidak jadi dikirim. Kalau perlu, saya siap membantu lagi."
        "All right, the report was not sent. I'm here whenever you need me."
    CREATED = "created" [nomor, batas]
        "Terima kasih. Laporan Bapak/Ibu sudah kami terima dengan nomor *{{ nomor }}*.{% if batas %}\nTarget penyelesaian: {{ batas }}.{% endif %}\n\nKetik *status* kapan saja untuk melihat perkembangannya."
        "Thank you. Your report has been received with the number *{{ nomor }}*.{% if batas %}\nTarget: {{ batas }}.{% endif %}\n\nWrite *status* at any time to see how it is going."
    NEXT_ONE = "next_one" [laporan]
        "Tadi ada satu lagi: _{{ laporan }}_. Lanjut dicatat sekarang?"
        "There was one more: _{{ laporan }}_. Shall we go on with it?"
    NEXT_DROPPED = "next_dropped" []
        "Baik, yang itu tidak saya catat. Ada yang bisa saya bantu lagi?"
        "All right, I won't take that one. Is there anything else I can do?"
    NOT_ACCEPTED = "not_accepted" []
        "Maaf, laporannya belum bisa dicatat oleh sistem. Isinya saya simpan, dan petugas akan membantu Bapak/Ibu di sini."
        "Sorry, the system could not record the report. I have kept what you wrote, and an officer will help you here."
    AWAY_WHILE_SENDING = "away_while_sending" []
        "Maaf, sistem sedang terganggu sehingga laporan belum dapat dipastikan terkirim. Isinya saya simpan: balas *ya* nanti untuk mencoba lagi. Petugas juga sudah saya beri tahu."
        "Sorry, our system has a problem and I can't tell yet whether your report went through. I have kept it: reply *yes* later to try again. An officer has been told as well."
    AWAY = "away" []
        "Maaf, sistem sedang terganggu sehingga permintaan itu belum bisa saya penuhi. Petugas sudah saya beri tahu."
        "Sorry, our system has a problem and I can't do that right now. An officer has been told."

    NO_SUCH_COMPLAINT = "no_such_complaint" []
        "Maaf, laporan dengan nomor itu tidak ditemukan. Contoh nomor: LAP-20261120-001."
        "Sorry, there is no report with that number. Numbers look like LAP-20261120-001."
    NO_COMPLAINTS = "no_complaints" []
        "Belum ada laporan dari nomor ini."
        "There are no reports from this number yet."
    LATEST = "latest" [laporan]
        "Laporan terakhir Bapak/Ibu:\n\n{{ laporan }}"
        "Your latest reports:\n\n{{ laporan }}"
    SURE_TO_CANCEL = "sure_to_cancel" [nomor]
        "Yakin ingin membatalkan laporan *{{ nomor }}*?"
        "Do you want to cancel report *{{ nomor }}*?"
    WHICH_TO_CANCEL = "which_to_cancel" []
        "Laporan mana yang ingin dibatalkan?"
        "Which report do you want to cancel?"
    NOTHING_TO_CANCEL = "nothing_to_cancel" []
        "Tidak ada laporan Bapak/Ibu yang masih bisa dibatalkan."
        "You have no report that can still be cancelled."
    NOT_YOURS = "not_yours" []
        "Maaf, laporan itu hanya bisa dibatalkan oleh pelapornya dari nomor yang dipakai saat melapor."
        "Sorry, only its reporter can cancel that report, from the number it was made with."
    NOT_YOURS_TO_CHANGE = "not_yours_to_change" []
        "Maaf, laporan itu hanya bisa ditambah oleh pelapornya dari nomor yang dipakai saat melapor."
        "Sorry, only its reporter can add to that report, from the number it was made with."
    TOO_LATE_TO_CANCEL = "too_late_to_cancel" [nomor, status]
        "Laporan *{{ nomor }}* tidak bisa dibatalkan lagi karena statusnya *{{ status }}*."
        "Report *{{ nomor }}* can't be cancelled any more: it is {{ status }}."
    CANNOT_CANCEL = "cannot_cancel" [nomor]
        "Maaf, laporan *{{ nomor }}* tidak bisa dibatalkan. Petugas bisa membantu."
        "Sorry, report *{{ nomor }}* could not be cancelled. An officer can help."
    CANCELLED = "cancelled" [nomor]
        "Laporan *{{ nomor }}* sudah dibatalkan."
        "Report *{{ nomor }}* has been cancelled."
    NOT_CANCELLED = "not_cancelled" [nomor]
        "Baik, laporan *{{ nomor }}* tetap berjalan."
        "All right, report *{{ nomor }}* stays."

    FOLLOW_OPEN = "follow_open" [status]
        "{{ status }}\n\nAda yang ingin ditambahkan ke laporan ini?"
        "{{ status }}\n\nIs there anything to add to this report?"
    FOLLOW_CLOSED = "follow_closed" [status, alasan]
        "{{ status }}\n\nKalau masalahnya belum tuntas, laporan ini bisa dibuka kembali{% if alasan %} dengan alasan: _{{ alasan }}_{% endif %}. Dibuka lagi?"
        "{{ status }}\n\nIf it is not solved, this report can be reopened{% if alasan %}, saying: _{{ alasan }}_{% endif %}. Shall I reopen it?"
    FOLLOW_ENDED = "follow_ended" [status]
        "{{ status }}\n\nLaporan ini tidak bisa dibuka kembali. Bapak/Ibu bisa membuat laporan baru atau bicara dengan petugas."
        "{{ status }}\n\nThis report can't be reopened. You can make a new one or talk to an officer."
    FOLLOW_QUESTION = "follow_question" [nomor, pertanyaan]
        "Untuk laporan *{{ nomor }}* petugas masih menunggu jawaban Bapak/Ibu{% if pertanyaan %}:\n\n_{{ pertanyaan }}_{% else %}.{% endif %}\n\nSilakan tulis jawabannya."
        "The officers are waiting for your answer about report *{{ nomor }}*{% if pertanyaan %}:\n\n_{{ pertanyaan }}_{% else %}.{% endif %}\n\nPlease write it here."
    ASK_ADDITION = "ask_addition" [nomor]
        "Silakan tulis keterangan tambahan untuk laporan *{{ nomor }}*."
        "Please write what should be added to report *{{ nomor }}*."
    ASK_REASON = "ask_reason" [nomor]
        "Apa yang belum tuntas dari laporan *{{ nomor }}*? Tulis singkat saja."
        "What is not solved yet about report *{{ nomor }}*? A few words are enough."
    SURE_TO_ADD = "sure_to_add" [nomor, isi]
        "Saya tambahkan ke laporan *{{ nomor }}*:\n\n_{{ isi }}_\n\nBoleh dikirim?"
        "I'll add this to report *{{ nomor }}*:\n\n_{{ isi }}_\n\nShall I send it?"
    SURE_TO_REOPEN = "sure_to_reopen" [nomor, isi]
        "Laporan *{{ nomor }}* akan dibuka kembali dengan alasan:\n\n_{{ isi }}_\n\nBoleh dikirim?"
        "Report *{{ nomor }}* will be reopened, saying:\n\n_{{ isi }}_\n\nShall I send it?"
    SURE_TO_ANSWER = "sure_to_answer" [nomor, pertanyaan, isi]
        "Petugas bertanya untuk laporan *{{ nomor }}*{% if pertanyaan %}: _{{ pertanyaan }}_{% endif %}\n\nJawaban Bapak/Ibu:\n_{{ isi }}_\n\nBoleh saya kirim?"
        "The officers asked about report *{{ nomor }}*{% if pertanyaan %}: _{{ pertanyaan }}_{% endif %}\n\nYour answer:\n_{{ isi }}_\n\nShall I send it?"
    ADDED = "added" [nomor]
        "Terima kasih, keterangannya sudah ditambahkan ke laporan *{{ nomor }}*."
        "Thank you, it has been added to report *{{ nomor }}*."
    REOPENED = "reopened" [nomor]
        "Laporan *{{ nomor }}* sudah dibuka kembali dan akan ditangani lagi."
        "Report *{{ nomor }}* has been reopened and will be worked on again."
    ANSWERED = "answered" [nomor]
        "Terima kasih, jawabannya sudah diteruskan ke petugas. Laporan *{{ nomor }}* dilanjutkan."
        "Thank you, your answer has been passed on. Report *{{ nomor }}* goes on."
    NOT_DONE = "not_done" [nomor]
        "Maaf, itu tidak bisa dicatat pada laporan *{{ nomor }}*. Petugas saya beri tahu dan akan membantu di sini."
        "Sorry, that could not be recorded on report *{{ nomor }}*. I have told an officer, who will help you here."
    NEVER_MIND = "never_mind" []
        "Baik, tidak jadi. Ada yang bisa saya bantu lagi?"
        "All right, never mind. Is there anything else I can do?"

    /// What was found in the office's documents. `sumber` names document, version and page.
    KNOWLEDGE = "knowledge" [jawaban, sumber]
        "{{ jawaban }}\n\n_Sumber: {{ sumber }}_"
        "{{ jawaban }}\n\n_Source: {{ sumber }}_"
    /// Honest: nothing is known, a person may know.
    NOT_KNOWN = "not_known" []
        "Maaf, saya belum punya jawaban yang pasti untuk pertanyaan itu. Mau saya sambungkan dengan petugas?"
        "Sorry, I don't have a reliable answer to that. Shall I connect you with an officer?"

    /// `buka` is empty while somebody is on duty.
    PERSON_COMES = "person_comes" [buka]
        "Baik, saya sambungkan dengan petugas. {% if buka %}Saat ini di luar jam layanan; petugas kembali bertugas {{ buka }}. Pesan Bapak/Ibu sudah tercatat dan akan dijawab di sini.{% else %}Mohon tunggu, pesan Bapak/Ibu akan dibaca dan dijawab di sini.{% endif %}"
        "All right, I'm passing you to an officer. {% if buka %}It is outside office hours now; they are back {{ buka }}. Your messages are kept and will be answered here.{% else %}Please wait: your messages will be read and answered here.{% endif %}"
    PERSON_WAITS = "person_waits" [buka]
        "Permintaan Bapak/Ibu sudah saya teruskan{% if buka %}; petugas kembali bertugas {{ buka }}{% endif %}. Sambil menunggu, saya tetap bisa mencatat laporan atau mengecek status."
        "Your request has been passed on{% if buka %}; the officers are back {{ buka }}{% endif %}. While you wait I can still take a report or check a status."
    SORRY = "sorry" []
        "Mohon maaf atas ketidaknyamanannya."
        "I'm sorry for the trouble."
    ANGER = "anger" [buka]
        "Mohon maaf, kami mengerti Bapak/Ibu kecewa. Saya panggilkan petugas untuk membantu langsung di sini.{% if buka %} Petugas kembali bertugas {{ buka }}.{% endif %}"
        "I'm sorry; I understand that you are upset. I'm calling an officer to help you here.{% if buka %} They are back {{ buka }}.{% endif %}"
    CORRUPTION = "corruption" []
        "Terima kasih sudah menyampaikan. Dugaan korupsi atau pungutan liar oleh aparat ditangani oleh Inspektorat dan bisa dilaporkan lewat Whistleblowing System (WBS) mereka, dengan identitas yang dilindungi. Petugas kami sudah saya beri tahu untuk menjelaskan caranya di sini."
        "Thank you for telling us. Suspected corruption or illegal fees by officials are handled by the Inspektorat and can be reported through its Whistleblowing System (WBS), where your identity is protected. I have told an officer, who will explain how."
    CRIME = "crime" []
        "Untuk tindak kejahatan, segera hubungi polisi di *110* atau kantor polisi terdekat; merekalah yang berwenang. Petugas kami juga sudah saya beri tahu."
        "For a crime, please call the police at *110* or go to the nearest police station; they have the authority. I have told an officer of ours as well."
    COURT = "court" []
        "Perkara di pengadilan berada di luar wewenang kantor ini dan hanya bisa ditangani oleh pengadilan yang bersangkutan. Petugas kami sudah saya beri tahu bila Bapak/Ibu perlu penjelasan."
        "Court cases are beyond this office's authority; only the court itself can deal with them. I have told an officer in case you need an explanation."
    /// What to do first.
    EMERGENCY = "emergency" [nomor]
        "⚠️ {% if nomor %}Bila ada bahaya saat ini, segera hubungi {{ nomor }} dan jauhi lokasi. Petugas kami juga sudah saya beri tahu.{% else %}Jauhi sumber bahaya dan utamakan keselamatan. Petugas kami sudah saya beri tahu.{% endif %}"
        "⚠️ {% if nomor %}If anyone is in danger now, call {{ nomor }} at once and keep away. Our officers have been told.{% else %}Keep away from the danger; safety first. Our officers have been told.{% endif %}"

    /// The citizen says that a person has settled it.
    SETTLED = "settled" [petugas]
        "Baik, terima kasih. Kalau sudah dibantu petugas{% if petugas %} ({{ petugas }}){% endif %}, tidak saya ulang lagi. Ada yang lain?"
        "All right, thank you. If an officer{% if petugas %} ({{ petugas }}){% endif %} has helped you, I won't ask again. Anything else?"
    HANDED_BACK = "handed_back" [petugas]
        "Saya lanjutkan dari percakapan dengan petugas{% if petugas %} {{ petugas }}{% endif %}, ya."
        "I'll go on from your conversation with{% if petugas %} {{ petugas }}{% else %} the officer{% endif %}."
}
