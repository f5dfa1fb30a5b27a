"""Small hand-written agency files: invented people, a division code never issued, an unassigned range of telephones."""

from pathlib import Path

from registry.standardise.numbers import check_character

CIVILISATION = (
    "志愿者编号,姓名,性别,证件类型,证件号码,出生日期,手机号码,政治面貌,学历,从业状况,居住区,居住街道,居住村居,详细地址,"
    "服务意向,专业特长,可服务时间,注册日期,累计服务时长(小时),星级"
)
RED_CROSS = (
    "会员号,姓名,Pinyin,Gender,证件号,电话,血型,证书类型,证书编号,发证日期,有效期至,服务队,特长,现住址,紧急联系人,紧急联系电话,"
    "入会日期,Service Hours"
)


def number(born: str, sequence: int, area: str = "990000") -> str:
    """A valid number under a division that was never issued."""
    first = f"{area}{born.replace('-', '')}{sequence:03d}"
    return first + check_character(first)


def civilisation_row(no: int, name: str, **cells: str) -> str:
    row = {
        "志愿者编号": f"SH{no:010d}",
        "姓名": name,
        "证件类型": "居民身份证",
        "居住区": "黄浦区",
        "居住街道": "南京东路街道",
        "注册日期": "2020-01-02",
    } | cells
    return ",".join(row.get(heading, "") for heading in CIVILISATION.split(","))


def red_cross_row(no: int, name: str, **cells: str) -> str:
    row = {"会员号": f"RC{no}", "姓名": name} | cells
    return ",".join(row.get(heading, "") for heading in RED_CROSS.split(","))


def written(path: Path, header: str, rows: list[str], encoding: str = "utf-8") -> Path:
    path.write_bytes(("\r\n".join([header, *rows]) + "\r\n").encode(encoding))
    return path
