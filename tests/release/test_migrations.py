"""Migrations only append: what a release carried out somewhere is never written anew.

A house that runs went through the released files as they were; editing one would leave it with
another schema than a fresh installation has. What is wrong in one is mended by the next.

To release a new one: `flask --app wsgi db revision -m "add …"`, write it, and add its line to
`RELEASED` with what `sha256sum migrations/versions/*.py` says, and another to `docs/changes.md`. Until the day of the release the line
may follow the file; from then on both stay. Then make the dump of that release, as
`tests/release/make_dump.py` says.
"""

import ast
import hashlib
import re
from pathlib import Path

from alembic.script import ScriptDirectory

FOLDER = Path(__file__).parents[2] / "migrations"
CHANGES = FOLDER.parent / "docs" / "changes.md"
RELEASED = {
    "0001_create_tables.py": "aeffffcdcb4ed9fa683947d023952d941c938300d404216993c76721b6982019",
    "0002_add_laws.py": "24eadec91d378052f96fafc573405c3a4267693a4b0786f25015a274dc01788e",
    "0003_add_case_to_deliveries.py": "f9b4bcd52b0dac2b68098d3a1841c914df927c7db86f50bd709406f809c86fb2",
    "0004_fill_case_of_deliveries.py": "2a6566f2c1dc72726ebc0c3db95bdf966073ccb376103d8361c23d33b06c562f",
    "0005_require_case_of_deliveries.py": "2e26380b132958b1af7fb7ecac4760f5c62c24ac30b9c0a0ac700155b52aa8c4",
    "0006_add_form_answers.py": "6e781111cfd6a46c7b3784d56d99527a5bfc1b261c19585b5e1837bbcdb5a752",
    "0007_add_bank_profile.py": "af09b4fe701bb30f48a73a1a5a0a6e66fd315841b2303d9ba9a1c6b7a408c54f",
    "0008_add_voucher_holds.py": "4b96bc5650dc0380316e978eda929fd644fa18cef7b6ddde56f2cdcdc4536882",
    "0009_carry_suspended_vouchers.py": "92079b7c884e48d4d528bc3f7547d8ea0ebe4df076789799cbc51cb33cf9c176",
    "0010_compare_own_rows.py": "80f3ed5e6f134b28f7a130812cf22e98c49872ed733910a60cbcb3867e0bed16",
    "0011_guard_messages_and_tasks.py": "cc87cd29712b4f96653272d2562797f40d7461cdccaa54301e6726e16c77c984",
    "0012_hold_codes.py": "96fc623e4f38e81ce454a735935940349042f7d788615f2d745dd5b7bb5459d8",
    "0013_guard_history_and_places.py": "14fe1b250068f022a055c3fb48dbc37a8c606b84f0a33b531e6eca16158ac8b0",
    "0014_add_lanes.py": "a9bfa3e78e349a0a6659bf342f531cad78a0650210bf34880c9bea29def1176f",
    "0015_find_by_words.py": "5a23c1dfba03f56b2a23243603c49f945e715363e9a096eb169dcbbd40dadb22",
    "0016_find_sites_and_services.py": "952d8d70cda147418746c6ce5fcd97713fc789efe6f584b6389d725ad83ff674",
    "0017_settle_journal.py": "c60a4d628295ec0a4748e17fd0a8d8289f2db1047ec099e0154a1788741ceb11",
    "0018_hold_more_codes.py": "0e2152de62e218e6f4ad83627e0c2c1d45742a59f478ff477cfd18a18eab7dfd",
    "0019_mark_claimed_deliveries.py": "b6bf74f6136757f659117d3abedf4877136fd6f20d87b1c8260e07f26d80ae5a",
    "0020_part_places_from_sites.py": "60a5009668155d75294c9631138a756e7f7867ac863b0181ade18996b3bf01cc",
    "0021_mark_what_was_told.py": "211f85dd66a532eb09c4da3a7cb590d730ceebe0521b49da4e8591c942fa00f8",
    "0022_keep_seals_in_a_row.py": "249440ba6addea312fb9556aa8b158fe07d16f05db386b96e2cbc913f2572d09",
    "0023_index_names_by_sound.py": "92bd30424f2539e90c3adb331968aa29ffbf2854154903af380017a33c4fe9f8",
    "0024_add_key_sample.py": "487b3a3a9a0935a809af7c8e83b20b632357397f44c25af3225931b4ceca0b22",
    "0025_hold_open_cases.py": "ec6a13e3014c0a31e228d38c14805648e9ca8319e05549589db7c57aaf0de456",
    "0026_let_lines_name_services.py": "e6fbf8d3f3bbaf08f3613c243f22b7a38a6035ba3c76faef41c27cf0148208c1",
    "0027_let_erasing_pass.py": "bc59c7fe4aa5426bbff86c3cc3ba0a45acc42520eb1ca7ef87c37a81abb434b0",
    "0028_say_who_agreed.py": "fd1497aa6308931c0f1144d1acb07a363811c96f286a6f5b9b573a23502bc1ae",
    "0029_hold_more_laws.py": "ffcb48d5ab7c391782438024b21baf4b7e2988d38641ba2cad26cf5e04e34ad8",
    "0030_end_by_date.py": "c5f2053a24d193934866b3ca7188593b5a9afaea882819bdf0028ef6dbb044bd",
    "0031_note_dangers.py": "24e44652fe0618a0d8f843386a778bf0b5773d6f69ef8b9b25b5ff78c1296d30",
    "0032_let_lines_name_people.py": "c47bb585d93532daed6537e23e81a2601d4586fb0fb78097f772549568074ae7",
    "0033_remember_who_wrote_offers.py": "b24729b8a1ce4218b95d540d446f859d7ac145f5240a20cf40921560560f3239",
    "0034_pay_no_day_twice.py": "51bfce3560f9a3074e039a49b8ee9b9021f7a8762d1dea518cf791575d81d056",
    "0035_record_past_days.py": "6b358c825966d6ca6dd4c6894cc407d7b6bec9460e70f74787436e3aca54aedb",
    "0036_hold_promised_units.py": "bf8d7806b68f232128fede7ca21bd005bb3fedecffb2c339afff88b002154a21",
    "0037_keep_files_and_columns.py": "bd193b36914d360bd604d28807bb39f8cd57289144c7a7453a3a98b989111efa",
    "0038_pay_through_stripe.py": "a0ca332f8357d918d22ef77972ad6437d0499175992349163f5ada00640de35d",
    "0039_keep_stripe.py": "25cdb51aeb3048655a80c810ee93abb65c2baa74beebd6d18f740bc91366ce85",
    "0041_keep_last_days.py": "821e20eb96b20f6372052ed6b926ba2a9260fd869730cc82783b30cfea45c085",
    "0042_take_transfers_back_by_two.py": "9178dd476fbaba5044595e08e512081195c6e30ee2a2a699992526418468b2d2",
    "0043_find_failed_payouts.py": "c7530a88390f1a86380b7c427e21267e76703f35fa8f7556d4cf98795d48977e",
    "0044_prove_the_stripe_balance.py": "154feea6f515a42d9fafb494afcdc4c437ce8cdab27308bc718127e9b20e3870",
    "0045_find_lines_of_services.py": "3075530a4bfee1871ae48c48ecbcd6961ee023ec69cf35d4ecdbdd30dea6704e",
    "0046_tell_closed_claims.py": "37e5de886b4b9c11aac1995d8aab13bdc6980ee78bdfc6e223b596d78195f0e1",
    "0047_pay_new_accounts_later.py": "2b74f9e130c46b77064743e0b9423a6041326c83ea9bee98fb22d5547726b233",
    "0048_keep_papers.py": "53ad39f7756e9ead93a3da83547e922064028b691569969a4be9e681e77c9dfe",
    "0050_sign_in_by_link_and_code.py": "0403228b41d469899ce89c3f86ce9fd4bb78cfc5c3adb68393e17696e4046379",
    "0051_add_passkeys.py": "982c8e45af7197fafa48bc20e5fe9e5cd51198b18275b41af9c24a78f62c3c82",
    "0052_stand_in_for_others.py": "06ed47aa71e659ceec3afbf13f3b5fb0657de8e1c6d9859c016a24271682ca5e",
    "0053_keep_rules.py": "c65165a2ed8a11e1d51115631672e1bbb4ef67df75135724e993b2375f1ca60c",
    "0054_list_service_categories.py": "036f2e70aff6c740b76d828da211e5eef0186c2ee75ecd5e894b71a4d1fe623f",
    "0055_check_codes_of_rows.py": "94d08ca8ca04119379192d8016ca344468dc93a38e71c5871ae8c292ee5c712c",
    "0056_keep_lists_as_rules.py": "02b5b7dbb7451ba64204d8c5930a5b4633165a34a5892dadf1586c921684a7f4",
    "0057_name_keys.py": "680bb27ff0cbc644882456e7f781e3eb5aa7919f9df53ddd0794cec0e5cde04a",
    "0058_bring_data_in.py": "2623885d1b72da1af8fd948890c24fc73126911bfbd144f570fa5fb298661a8f",
    "0059_let_names_leave_by_two.py": "02cdd8e1e566c6c41d3e5b687d91ac07d1c10856eb095f9c65e917ea730bdd48",
    "0060_admit_devices_sign_notes.py": "91d2165ace9011ff126f79985f340b5ea64b1be099e2d26dbef11a4df4317382",
    "0061_end_every_line.py": "d653463a8200c769a661579469e8cb462f66272982bf8bbcc742fdbdcb77609d",
    "0062_find_refused_lines.py": "87ba596b1637e29a88f8251883edc755cde5038396d35e3714580e27e38affa4",
    "0063_keep_answers_of_banks.py": "639f9dd1a52f3faabbdfd409d364419e611f7fdb2014fcadc8b9beee98fd893e",
    "0064_keep_notices_of_banks.py": "a70a77bca5b2db33ebc595e7c8b4fc93c4b4ffa04c908844f2ac33228b74e4f6",
    "0065_name_final_payees.py": "27833111f9c0c4e3b06f6aa8c2de1348119bc4abd151bc8fec14f9420d882b5c",
    "0066_close_months.py": "1401dd2bb5d058f97a0fcf03bd98bafcbbd378569ac5680c5949dd0633fe9800",
    "0067_find_days_of_deliveries.py": "5ec025b7e920f7ecbc3c48f4132e34f298eadb45f0499a5eb2575c9245144e13",
    "0068_keep_signed_closes.py": "6bfddb0e223528bc93a91c56b0a8c5b3fdaa64e2ac3590e1eae0154f78d28250",
}
OURS = {"reintegration", "providers", "vouchers", "demo"}


def problems(folder: Path, released: dict[str, str]) -> list[str]:
    """Say what happened to each released file, and which file is not released."""
    present = {path.name: path.read_bytes() for path in folder.glob("*.py")}
    gone = [
        f"{name} was released and is gone: put it back under this name"
        for name in released.keys() - present.keys()
    ]
    edited = [
        f"{name} was released and is edited: take the edit back and write a new migration"
        for name, expected in released.items()
        if name in present and hashlib.sha256(present[name]).hexdigest() != expected
    ]
    fresh = [
        f"{name} is new: release it with a line in RELEASED of tests/release/test_migrations.py"
        for name in present.keys() - released.keys()
    ]
    return sorted(gone + edited + fresh)


def test_no_released_migration_is_edited_renamed_or_removed():
    said = problems(FOLDER / "versions", RELEASED)
    assert said == [], "\n".join(said)


def test_the_change_log_says_what_each_version_does():
    said = re.findall(r"^\| (\d{4}) \| \S.*\| \S.* \|$", CHANGES.read_text("utf-8"), re.MULTILINE)
    there = sorted(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("*.py"))
    assert said == there, f"a line in {CHANGES.name} for each version, in their order"


def test_each_migration_follows_the_one_before():
    script = ScriptDirectory(str(FOLDER))
    order = [revision.revision for revision in script.walk_revisions()][::-1]
    assert order == [name.partition("_")[0] for name in sorted(RELEASED)]
    assert script.get_heads() == order[-1:]


def test_migrations_import_nothing_that_may_move():
    imported = set()
    for path in (FOLDER / "versions").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {(path.name, alias.name) for alias in node.names}
            if isinstance(node, ast.ImportFrom):
                imported.add((path.name, node.module or ""))
    assert imported
    assert {one for one in imported if one[1].partition(".")[0] in OURS} == set()


def test_the_check_above_can_fail(tmp_path):
    for name in ("0001_edited.py", "0003_new.py"):
        (tmp_path / name).write_text("revision = None\n")
    found = problems(tmp_path, {"0001_edited.py": "", "0002_gone.py": ""})
    assert [problem.split()[0] for problem in found] == [
        "0001_edited.py",
        "0002_gone.py",
        "0003_new.py",
    ]
