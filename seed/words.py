"""What people can, when they are free, what they are: the vocabulary of the agencies' forms, with shares by age.

Shares are one digit for each of seven age groups (under 14, 14-17, 18-22, 23-34, 35-54, 55-64, 65 and over), weights
that need not sum to anything. They are guesses, made to look like a city's registers.
"""

from typing import Final

import numpy as np

from models.taxonomy import SKILLS
from seed.streams import Floats, Ints, draw, texts

AGE_EDGES: Final = (14, 18, 23, 35, 55, 65)
GROUPS: Final = len(AGE_EDGES) + 1

#: Code of the taxonomy → (labels as agencies write them, the usual one first; shares by age).
SKILL_LABELS: Final[dict[str, tuple[tuple[str, ...], str]]] = {
    "elderly_care": (("为老服务", "助老", "陪伴老人"), "1246786"),
    "nursing": (("护理", "家庭护理"), "0012221"),
    "medical": (("医疗", "健康咨询", "量血压"), "0012331"),
    "counselling": (("心理咨询", "心理疏导"), "0012210"),
    "legal": (("法律咨询", "普法", "法律"), "0012210"),
    "tutoring": (("课业辅导", "学业辅导", "作业辅导"), "1477321"),
    "childcare": (("儿童陪伴", "亲子", "带孩子"), "0122431"),
    "english": (("英语", "英语口语"), "3676210"),
    "japanese": (("日语",), "0112100"),
    "sign_language": (("手语",), "0111100"),
    "dialect": (("沪语", "上海话"), "0112465"),
    "translation": (("翻译", "口译"), "0023100"),
    "driving": (("驾驶", "开车"), "0014630"),
    "phone_help": (("智能手机教学", "手机使用", "教老人用手机"), "2565321"),
    "computing": (("计算机", "电脑维护", "编程"), "2565210"),
    "repair": (("家电维修", "水电维修", "修理"), "0012453"),
    "haircut": (("理发", "义务理发"), "0001132"),
    "cooking": (("烹饪", "烘焙", "面点"), "1122444"),
    "gardening": (("园艺", "绿化", "养花"), "1111244"),
    "music": (("音乐", "声乐", "钢琴", "合唱"), "6432234"),
    "calligraphy": (("书法", "书画", "美术"), "5321124"),
    "dance": (("舞蹈", "广场舞"), "3211244"),
    "sports": (("体育", "太极拳", "羽毛球", "篮球"), "5444234"),
    "photography": (("摄影", "摄影摄像"), "1234222"),
    "writing": (("写作", "文案", "宣传报道"), "1344211"),
    "hosting": (("主持", "讲解", "朗诵"), "3333211"),
    "crowd_guiding": (("秩序引导", "秩序维护"), "1466565"),
    "traffic_guiding": (("交通引导", "文明交通"), "0355576"),
    "fire_safety": (("消防安全", "安全宣传"), "0112331"),
    "waste_sorting": (("垃圾分类", "环保"), "2433567"),
    "accounting": (("会计", "财务"), "0012321"),
    "mediation": (("人民调解", "邻里调解"), "0001245"),
    "disability_care": (("助残服务", "关爱残障"), "0123331"),
    "reading_aloud": (("阅读推广", "讲故事", "读书读报"), "3433222"),
}

#: Notations of availability that mean the same, the code of 7 × 3 parts of the day from Monday, shares by age.
PATTERNS: Final = (
    (("工作日晚上", "周一至周五晚上"), "--晚 --晚 --晚 --晚 --晚 --- ---", "0014310"),
    (("周末全天", "周末", "双休日全天"), "--- --- --- --- --- 上下晚 上下晚", "5988520"),
    (("周六上午", "周六 8:00-12:00"), "--- --- --- --- --- 上-- ---", "2222211"),
    (("周六全天", "周六上午、下午、晚上"), "--- --- --- --- --- 上下晚 ---", "1234310"),
    (("周日下午", "周日 13:00-18:00"), "--- --- --- --- --- --- -下-", "2321210"),
    (("周二、周四下午", "周二周四 13:00-18:00"), "--- -下- --- -下- --- --- ---", "0011244"),
    (("随时", "时间不限"), "上下晚 上下晚 上下晚 上下晚 上下晚 上下晚 上下晚", "0021256"),
    (("工作日上午", "周一至周五上午"), "上-- 上-- 上-- 上-- 上-- --- ---", "0001168"),
    (("工作日下午", "周一至周五下午"), "-下- -下- -下- -下- -下- --- ---", "0001154"),
    (("工作日全天", "周一至周五全天"), "上下晚 上下晚 上下晚 上下晚 上下晚 --- ---", "0010043"),
    (("周三 13:00-18:00", "周三下午"), "--- --- -下- --- --- --- ---", "1221121"),
    (("周六、周日上午", "周末上午"), "--- --- --- --- --- 上-- 上--", "3332333"),
    (("周六、周日下午", "周末下午"), "--- --- --- --- --- -下- -下-", "3433211"),
    (("工作日晚上；周末全天", "工作日晚上、周末全天"), "--晚 --晚 --晚 --晚 --晚 上下晚 上下晚", "0025310"),
    (("周一、周三、周五上午", "周一三五上午"), "上-- --- 上-- --- 上-- --- ---", "0010155"),
    (("每天上午", "天天上午"), "上-- 上-- 上-- 上-- 上-- 上-- 上--", "0000156"),
    (("周五晚上、周六上午",), "--- --- --- --- --晚 上-- ---", "0123210"),
)

_EDUCATION: Final = (
    ("小学", "8000012"), ("初中", "2600135"), ("高中", "0400355"), ("中专", "0011232"), ("大专", "0022433"),
    ("大学本科", "0098742"), ("硕士研究生", "0014210"), ("博士研究生", "0001100"),
)  # fmt: skip
_POLITICS: Final = (
    ("群众", "9544554"), ("共青团员", "0664000"), ("中共党员", "0014456"), ("中共预备党员", "0011000"),
    ("民主党派", "0000111"),
)  # fmt: skip

#: Categories that agencies ask wishes in, as labels of the common classification.
WISHES: Final = (
    "为老服务", "社区服务", "环境保护", "文明交通", "文化艺术", "课业辅导", "医疗卫生", "赛会服务", "助残服务",
    "法律服务",
    "心理咨询", "数字助老", "儿童关爱", "体育健身", "应急救援",
)  # fmt: skip
WISH_SHARES: Final = np.array([10, 9, 7, 6, 5, 5, 3, 5, 2, 1, 2, 3, 3, 3, 2], dtype=np.float64)

#: Nationalities, shares in ten thousand, and how their names are made: 0 family name, 1 with a dot, 2 undivided.
NATIONS: Final = texts(["汉族", "回族", "维吾尔族", "哈萨克族", "藏族", "蒙古族", "满族", "朝鲜族", "壮族", "土家族"])
NATION_SHARES: Final = np.array([9790, 50, 28, 10, 12, 14, 35, 15, 20, 26], dtype=np.float64)
NAME_KINDS: Final = np.array([0, 0, 1, 1, 2, 2, 0, 0, 0, 0])

#: Invented employers and universities.
WORKPLACES: Final = texts(
    [
        f"{place}{trade}"
        for place in ("沪滨", "申江", "浦潮", "望江", "新苗", "邻安", "海韵", "嘉禾", "云桥", "长桥堍")
        for trade in (
            "机电有限公司",
            "信息科技有限公司",
            "商贸有限公司",
            "设计事务所",
            "物流公司",
            "食品厂",
            "贸易公司",
        )
    ]
)
UNIVERSITIES: Final = texts(
    ["申江大学", "浦潮理工大学", "望江师范大学", "海韵艺术学院", "沪滨医学院", "云桥职业技术学院"]
)
FACULTIES: Final = texts(
    ["文学院", "机械系", "计算机学院", "护理学院", "经济管理学院", "法学院", "外国语学院", "土木系"]
)
JOBS: Final = ("在校学生", "在业", "在业", "自由职业", "退休", "失业", "企业职员", "机关事业单位人员")


def _shares(rows: list[str]) -> Floats:
    return np.array([[int(digit) for digit in row] for row in rows], dtype=np.float64).T


SKILL_SHARES: Final = _shares([SKILL_LABELS[code][1] for code in SKILLS])
PATTERN_SHARES: Final = _shares([shares for _, _, shares in PATTERNS])
EDUCATION_SHARES: Final = _shares([shares for _, shares in _EDUCATION])
POLITICS_SHARES: Final = _shares([shares for _, shares in _POLITICS])
EDUCATIONS: Final = texts([name for name, _ in _EDUCATION])
POLITICS: Final = texts([name for name, _ in _POLITICS])

#: Certificates of the Red Cross: name, years of validity (0 for ever), weight, letters of the number.
RED_CROSS_CERTIFICATES: Final = (
    ("救护员证", 3, 17, "JHY"),
    ("应急救护培训合格证", 3, 64, "HGZ"),
    ("救护师资证", 3, 4, "SZ"),
    ("水上救生员证", 2, 6, "SS"),
    ("心理救援", 0, 6, "XL"),
)

#: Professional qualifications as Civil Affairs writes them, with the skills that go with them.
QUALIFICATIONS: Final = (
    ("教师资格证", "tutoring"),
    ("律师执业证", "legal"),
    ("护士执业证", "nursing"),
    ("执业医师证", "medical"),
    ("社会工作者", "elderly_care"),
    ("社会工作者", "mediation"),
)

TEAMS: Final = ("应急救援队", "心理救援队", "水上救护队", "无偿献血服务队", "救护培训服务队", "社区服务队")


def by_group(rng: np.random.Generator, group: Ints, shares: Floats) -> Ints:
    """Draw a column for each row of `group` by the shares (groups, columns)."""
    drawn = np.zeros(len(group), dtype=np.int64)
    for value in range(GROUPS):
        rows = np.flatnonzero(group == value)
        drawn[rows] = draw(rng, shares.shape[1], len(rows), shares[value])
    return drawn


def skills_of(rng: np.random.Generator, group: Ints) -> Ints:
    """One to three different skills a person, -1 for none: (people, 3)."""
    columns = [by_group(rng, group, SKILL_SHARES) for _ in range(3)]
    wanted = draw(rng, 4, len(group), np.array([0.06, 0.42, 0.34, 0.18]))
    for place, column in enumerate(columns):
        column[wanted <= place] = -1
        for earlier in columns[:place]:
            column[column == earlier] = -1
    return np.stack(columns, axis=1)
