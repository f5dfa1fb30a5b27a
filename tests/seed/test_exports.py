"""The five exports are what the contract says; the literals are the contract's own."""

import re

import openpyxl

from seed.agencies import civil_affairs, civilisation, education, red_cross, youth_league

CIVILISATION = (
    "志愿者编号,姓名,性别,证件类型,证件号码,出生日期,手机号码,政治面貌,学历,从业状况,居住区,居住街道,居住村居,"
    "详细地址,服务意向,专业特长,可服务时间,注册日期,累计服务时长(小时),星级"
)
YOUTH_LEAGUE = (
    "注册号 | 真实姓名 | 性别 | 身份证号 | 联系电话 | 出生年月 | 学校/单位 | 院系/部门 | 团员身份 | 技能标签 | "
    "空闲时段 | 信用时数 | 所在区 | 入会时间"
)
RED_CROSS = (
    "会员号,姓名,Pinyin,Gender,证件号,电话,血型,证书类型,证书编号,发证日期,有效期至,服务队,特长,现住址,紧急联系人,"
    "紧急联系电话,入会日期,Service Hours"
)
CIVIL_AFFAIRS = (
    "志愿者编号,姓名,证件类型,证件号码,性别,出生日期,国籍,民族,政治面貌,最高学历,从业状况,服务区域,服务类别,联系电话,"
    "电子邮箱,居住区域,详细地址,通过专业资格认证,所属志愿团体,注册时间,服务总时长,服务评价"
)
EDUCATION = (
    "学号 | 姓名 | 性别 | 出生日期 | 年级 | 班级 | 监护人姓名 | 监护人电话 | 学生电话 | 家庭住址 | 兴趣特长 | "
    "志愿服务时长 | 家长同意"
)
GRID = re.compile(r"(?:[上-][下-][晚-])(?: [上-][下-][晚-]){6}")


def test_headings_are_the_contracts():
    assert ",".join(civilisation.HEADINGS) == CIVILISATION
    assert " | ".join(youth_league.HEADINGS) == YOUTH_LEAGUE
    assert ",".join(red_cross.HEADINGS) == RED_CROSS
    assert ",".join(civil_affairs.HEADINGS) == CIVIL_AFFAIRS
    assert " | ".join(education.HEADINGS) == EDUCATION


def test_csv_files_open_with_their_headings_in_their_encodings(city):
    assert city.agencies["civilisation"].read_bytes().decode("gb18030").splitlines()[0] == CIVILISATION
    red = city.agencies["red_cross"].read_bytes()
    assert red.startswith(b"\xef\xbb\xbf")
    assert red.decode("utf-8-sig").splitlines()[0] == RED_CROSS
    plain = city.agencies["civil_affairs"].read_bytes()
    assert plain.decode("utf-8").splitlines()[0] == CIVIL_AFFAIRS


def test_youth_league_opens_with_a_merged_title(city):
    book = openpyxl.load_workbook(city.agencies["youth_league"])
    assert book.sheetnames == ["志愿者名册"]
    sheet = book["志愿者名册"]
    assert [str(cells) for cells in sheet.merged_cells.ranges] == ["A1:N1"]
    assert sheet["A1"].value == "上海市青年志愿者名册（2026-11-23 导出）"
    assert " | ".join(cell.value for cell in sheet[2]) == YOUTH_LEAGUE


def test_education_has_a_sheet_a_school_and_headings_first(city):
    book = openpyxl.load_workbook(city.agencies["education"], read_only=True)
    assert len(book.sheetnames) == 12
    assert all(len(name) <= 31 and name.endswith("中学") for name in book.sheetnames)
    for sheet in book:
        assert " | ".join(next(sheet.iter_rows(values_only=True))) == EDUCATION


def test_usable_rows_are_as_wide_as_the_headings(usable):
    widths = {source: {len(row) for row in found} for source, found in usable.items()}
    assert widths == {
        "civilisation": {20},
        "youth_league": {14},
        "red_cross": {18},
        "civil_affairs": {22},
        "education": {13},
    }


def test_closed_vocabularies_hold(usable):
    assert {row[3] for row in usable["civilisation"]} == {
        "居民身份证", "护照", "港澳居民来往内地通行证", "台湾居民来往大陆通行证",
    }  # fmt: skip
    assert {row[19] for row in usable["civilisation"]} == {"无", "一星", "二星", "三星", "四星", "五星"}
    assert {row[3] for row in usable["red_cross"]} == {"M", "F", "男", "女"}
    assert {row[7] for row in usable["red_cross"]} == {
        "救护员证", "救护师资证", "应急救护培训合格证", "水上救生员证", "心理救援",
    }  # fmt: skip
    assert {row[12] for row in usable["education"]} <= {"是", "否", "", None}
    assert all(GRID.fullmatch(row[10]) for row in usable["youth_league"] if row[10])


def test_youth_league_cells_come_in_several_kinds(usable):
    kinds = {type(row[4]).__name__ for row in usable["youth_league"]}
    assert {"str", "int"} <= kinds
    births = {type(row[5]).__name__ for row in usable["youth_league"]}
    assert births == {"str", "datetime"}


def test_red_cross_members_with_two_certificates_stand_twice(usable):
    seen: dict[str, set[str]] = {}
    for row in usable["red_cross"]:
        assert row[7] not in seen.get(row[0], set())
        seen.setdefault(row[0], set()).add(row[7])
    assert {len(kinds) for kinds in seen.values()} == {1, 2}
