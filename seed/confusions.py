"""How names and numbers go wrong: by the ear of the Yangtze delta, by the eye, by the keyboard.

Written by hand, and on purpose not derived from a pronunciation or conversion library: a consolidation that normalises
with such a library must not be tested on errors made with the same one.
"""

from functools import cache
from typing import Final

#: Heard the same or nearly so. Besides equal syllables: Wu confusions (黄/王, 胡/吴, 沈/盛), n/l, -n/-ng,
#: s/sh, z/zh, c/ch.
HEARD: Final = (
    "伟炜玮纬苇维卫威薇为巍", "建健剑见俭坚", "国果郭", "华桦骅花", "明铭鸣茗敏名", "军君钧均俊峻骏隽", "杰洁捷婕节",
    "志智致治之芝知稚", "文雯闻纹汶温", "勇永泳咏", "强蔷", "平萍苹屏坪", "英瑛颖莹盈迎鹰应", "芳方坊",
    "丽莉荔力立利俐礼",
    "静敬靖晶京精菁婧景净瑾锦", "娟鹃涓绢", "敏闽民珉", "燕艳嫣妍研彦颜雁", "玲琳林霖灵凌宁龄铃", "红虹鸿宏洪弘泓",
    "霞侠遐",
    "梅美媚玫眉", "兰岚蓝澜南楠男", "凤风枫峰锋丰", "桂贵瑰", "珍真贞祯桢臻", "秀绣修", "云芸耘匀韵", "春纯淳椿",
    "海亥", "涛韬滔", "超朝潮", "浩昊皓豪好灏", "宇雨羽语禹玉钰瑜煜裕愉育", "辉晖挥徽慧惠卉蕙会", "斌彬滨宾冰兵",
    "磊蕾雷",
    "鑫欣新心馨昕歆辛", "鹏朋芃", "飞非菲妃霏", "博波伯柏", "轩萱宣玄璇", "涵寒晗含", "梓子紫芷姿", "睿瑞蕊锐",
    "哲喆浙",
    "晨辰宸陈成诚承程晟盛", "怡仪宜依一伊艺奕逸毅翊熠亦", "诗思斯丝师", "琪琦祺奇齐棋淇启", "悦月越岳玥", "佳嘉家加",
    "可柯珂",
    "婷亭庭廷", "倩茜芊谦骞", "雪学薛", "丹单", "娜那", "蓉荣容融", "莲连廉", "琴勤芹秦青清晴卿沁庆", "金锦进晋今津",
    "生声升胜圣森",
    "根耕", "宝保葆", "福富甫", "德得", "龙隆珑", "祥翔香湘", "东冬栋", "阳洋扬杨", "恒衡", "帆凡范", "亮良梁",
    "刚钢岗",
    "凯恺楷", "宁凝", "萌梦孟蒙", "瑶遥尧姚", "彤桐童同", "珊山杉姗三", "若偌", "曦希熙西溪汐", "苒冉然", "安桉",
    "王汪黄", "章张彰", "吴胡武伍何", "徐许", "沈申盛", "陆路鲁卢", "周邹州", "朱祝诸竹", "俞于余虞", "江姜蒋", "顾古",
    "戴代", "叶页业", "钱潜", "丁定", "邱秋", "袁元圆原", "谢解", "冯封", "曹草", "孙荪", "马麻", "刘柳", "郑正政",
    "唐汤",
    "傅付", "萧肖", "阎闫严言", "任仁人", "魏卫", "龚巩", "倪尼", "施史石", "贺和", "瞿屈曲", "季计纪", "李黎里",
    "赵照", "高皋",
)  # fmt: skip

#: Taken for one another by an eye or a scanner, or neighbours by shape on a keyboard of strokes.
SEEN: Final = (
    "未末", "己已巳", "干千于", "士土", "日曰", "天夭", "大太", "王玉主", "木本", "晴睛", "侯候", "佳桂", "莹萤营",
    "琪棋", "明朋",
    "建健", "杨扬场", "陈阵", "林材", "芬芳", "娜哪", "宇字", "萍苹", "凤风", "弘泓", "洁浩", "俊峻", "涛铸", "悦锐",
    "琳淋", "艳绝",
    "霞霍", "梅海", "兰三", "春舂", "刘列", "张弓", "沈沉", "陆际", "徐除", "周同", "朱未", "孙孔", "胡湖", "郭郎",
    "何河", "高亮",
    "罗萝", "宋宗", "韩朝", "曹曾", "许订", "冯马", "程呈", "彭膨", "袁衰", "董懂", "余佘", "苏办", "吕昌", "蒋将",
    "杜社", "丁了",
    "魏巍", "姜美", "范苑", "傅博", "钟钏", "汪旺", "戴载", "姚桃", "金全", "夏复", "石右", "秦泰", "顾颀", "钱线",
    "施旋", "俞愈",
    "季李秀", "崔催", "伟纬", "国团", "华毕", "军车", "勇男", "强弹", "敏繁", "英央", "丽俪", "静睁", "燕蒸", "玲铃",
    "珍诊", "秀委",
    "云去", "浩洁", "辉挥", "斌赋", "鹏鹂", "飞气", "文父", "轩轮", "涵函", "梓样", "睿容", "哲晢", "晨晟", "怡治",
    "诗侍", "思恩",
    "佳住", "婷停", "倩债", "雪雷", "蓉蓄", "莲蓬", "琴琵", "根银", "宝玉", "福幅", "龙尤", "祥样", "阳阴", "德得",
    "志忐", "杰桀",
)  # fmt: skip

#: Traditional forms as people of Hong Kong and Taiwan, and some forms filled by hand, give them.
TRADITIONAL: Final = dict(
    zip(
        "陈张刘杨黄赵吴孙马罗郑谢韩冯萧叶苏吕卢蒋贾阎钟谭邹陆顾万钱严汤赖龚庞庄颜鲁伟华国军东红丽兰凤莲荣庆龙宝贵云"
        "发兴长义礼顺银学继树刚强辉飞鹏涛杰静艳颖洁莹晓岚韵诗梦语艺诺轩泽铭宁骏卫胜进农铁钢坚贞爱玮缪单区许邓沈齐",
        "陳張劉楊黃趙吳孫馬羅鄭謝韓馮蕭葉蘇呂盧蔣賈閻鍾譚鄒陸顧萬錢嚴湯賴龔龐莊顏魯偉華國軍東紅麗蘭鳳蓮榮慶龍寶貴雲"
        "發興長義禮順銀學繼樹剛強輝飛鵬濤傑靜艷穎潔瑩曉嵐韻詩夢語藝諾軒澤銘寧駿衛勝進農鐵鋼堅貞愛瑋繆單區許鄧沈齊",
        strict=True,
    )
)

#: Digits beside one another on a telephone's keypad or a keyboard's row.
DIGIT_NEIGHBOURS: Final = {
    "0": "98", "1": "24", "2": "135", "3": "26", "4": "157", "5": "2468", "6": "359", "7": "48", "8": "579", "9": "680",
}  # fmt: skip

_FULL_WIDTH: Final = str.maketrans({chr(code): chr(code + 0xFEE0) for code in range(0x21, 0x7F)})


@cache
def _neighbours(groups: tuple[str, ...]) -> dict[str, str]:
    found: dict[str, str] = {}
    for group in groups:
        for char in group:
            found[char] = found.get(char, "") + group.replace(char, "")
    return found


def misheard(name: str, at: float) -> str:
    """One character replaced by one that sounds alike; the name itself when none is known. `at` in [0, 1) chooses."""
    return _replace(name, at, _neighbours(HEARD))


def misread(name: str, at: float) -> str:
    """One character replaced by one that looks alike."""
    return _replace(name, at, _neighbours(SEEN))


def _replace(name: str, at: float, near: dict[str, str]) -> str:
    options = [(place, other) for place, char in enumerate(name) for other in near.get(char, "")]
    if not options:
        return name
    place, other = options[int(at * len(options))]
    return name[:place] + other + name[place + 1 :]


def traditional(text: str) -> str:
    """The traditional form, character by character, as far as the table goes."""
    return "".join(TRADITIONAL.get(char, char) for char in text)


def full_width(text: str) -> str:
    """Latin letters, digits and signs as wide as Han characters."""
    return text.translate(_FULL_WIDTH)


def slipped(digits: str, at: float, *, first: int = 0) -> str:
    """One digit from place `first` on replaced by a neighbour on the keypad."""
    place = first + int(at * (len(digits) - first))
    near = DIGIT_NEIGHBOURS.get(digits[place], "0")
    return digits[:place] + near[int(at * 7919) % len(near)] + digits[place + 1 :]


def swapped(digits: str, at: float, *, first: int = 0) -> str:
    """Two different neighbouring digits exchanged, from place `first` on; unchanged when all are equal."""
    last = len(digits) - (2 if digits[-1] == "X" else 1)
    places = [place for place in range(first, last) if digits[place] != digits[place + 1]]
    if not places:
        return digits
    place = places[int(at * len(places))]
    return digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
