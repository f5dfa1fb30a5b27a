"""Names, written by hand from general knowledge: surnames by rough frequency, given-name characters by generation.

No list was copied. The order inside a row is the order of frequency; weights fall off as one over the rank.
"""

from typing import Final

#: Rough share in ten thousand, with the colour of the lower Yangtze (沈 顾 陆 ... stand higher than in the country).
SURNAMES: Final = (
    "王620 李560 张600 刘330 陈470 杨230 黄200 赵170 周260 吴250 徐240 孙170 朱220 马100 胡120 郭90 林110 何100 高110 "
    "梁50 郑80 罗60 宋70 谢70 唐90 韩60 曹80 许80 邓40 萧20 冯60 曾40 程60 蔡60 彭40 潘70 袁60 于50 董50 余60 苏40 "
    "叶70 吕50 魏40 蒋70 田30 杜40 丁80 沈180 姜50 范50 江40 傅40 钟30 卢40 汪60 戴50 崔30 任50 陆130 廖20 姚70 方50 "
    "金110 邱50 夏50 谭20 韦15 贾30 邹30 石30 熊20 孟25 秦50 阎12 薛30 侯25 雷20 白20 龙15 段20 郝15 孔25 邵40 史30 "
    "毛30 "
    "常18 万25 顾140 赖12 武15 康20 贺20 严50 尹20 钱80 施60 牛12 洪30 龚50 汤40 陶40 黎12 温15 莫10 易12 樊15 乔20 "
    "文12 "
    "安12 殷30 颜20 庄25 章40 鲁20 倪50 庞10 邢15 俞50 翟15 蓝8 聂10 季35 奚18 瞿25 虞20 诸12 计12 支8 宣10 费20 "
    "祝18 凌25 裘10 茅15 柴12 屠12 浦12 桑8 闵15 吉10 柏8 成12 盛25 华20 胥6 缪12 臧6 单12 仇8 解5 区3 查10 朴6 盖3 "
    "覃5 "
    "冼2 乐6 种1 尉2 逄1 员2 折1 哈2 郗1 欧阳6 上官2 司马2 诸葛2 夏侯1 皇甫1 令狐1 尉迟1 东方1 慕容1 公孙1"
)

#: Surnames that are read otherwise than the same character in a word; over-weighted a little, since they are the traps.
POLYPHONIC: Final = ("单", "仇", "曾", "解", "区", "查", "朴", "盖", "覃", "冼", "乐", "种", "尉", "员", "折", "缪")

#: (last birth year, characters of men's names, of women's names)
COHORTS: Final = (
    (
        1949,
        (
            "德国文明志永福荣玉根生祥林宝金海长春兴发贵富昌庆财元善忠孝义仁良才友银水土顺茂泉松柏寿康龙虎鹤云山川学礼"
            "智信耀祖绍"
            "继承宗鸿培树森炳焕坤鼎彬振家声广培基伯仲叔季子汉章"
        ),
        (
            "秀英兰珍凤桂玉莲芳梅香翠娥菊花妹宝银金彩月云珠美素淑贞惠娟静文琴仙巧莉蓉霞芬华琼瑞爱荷杏桃雪竹慧明娣弟招"
            "引根林"
            "锦绣婉佩瑛蕴韵筠"
        ),
    ),
    (
        1969,
        (
            "建国军华明平伟民强卫东红兵文志勇海生林荣春祥根宝金龙庆新光辉永福德胜利跃进和学农忠良发成刚铁钢援朝抗美解"
            "放保家齐"
            "松柏峰山川杰斌毅为群众革命立正大伦惠康启昌"
        ),
        (
            "秀英兰珍凤桂玉莲芳梅红霞丽华萍琴芬娟美敏静淑文惠珠菊妹娣云燕玲珊翠爱娥巧仙香琳瑛琦蓉莉芸花勤彩慧群月春冬"
            "青卫跃"
            "建国民平亚幼培佩菁荔"
        ),
    ),
    (
        1984,
        (
            "伟强军勇斌杰涛磊明刚峰平辉鹏飞俊建华志海波林东文国荣宏毅敏亮凯健新春晖江浩超宁晓光庆雷鸣永良栋梁翔松武震"
            "骏炜昊"
            "欣捷康源晋兵立冬"
        ),
        (
            "丽敏静艳娟霞燕红芳萍玲华英琴莉娜洁颖慧蕾琳蓉婷晓雯雪梅倩莹瑾薇蓓春兰丹凤佳文怡青云岚珺瑜璐虹群彦勤海旭亚"
            "维歆晴"
            "毓秋菁"
        ),
    ),
    (
        1999,
        (
            "杰浩俊超磊鹏伟涛斌宇晨翔凯鑫博文明龙飞旭阳峰毅鸣威帆嘉诚敏哲豪琦亮佳晓天一志恒瑞骏晟睿舟麟骁捷铭彦辰钧卓"
            "尔越"
            "申易立人凡冬石楷逸尘昱"
        ),
        (
            "婷静雯倩颖佳怡琳娜璐莹雪慧洁丹蕾晓梦思燕妍嘉敏瑶蓓薇君艳琪晨萌文欣诗韵茜冰珊楠菲馨蓉悦然旻婕岑逸懿卿圆晔"
            "翌晗"
            "斐蔚"
        ),
    ),
    (
        9999,
        (
            "浩宇轩子涵博文睿哲杰俊辰宸一天逸昊泽铭皓然嘉豪晨阳瑞祺奕诚梓翰恒骏晟煜霖航熙承毅琛彦珩屹言墨之桐川亦翊骞"
            "淳谦允"
            "希行远知维铎韬屿"
        ),
        (
            "欣怡雨涵梓萱诗琪子悦佳思语嘉艺可心雅婷妍琳梦瑶一诺依若曦晨菲宁紫静馨彤文妤芷萌钰昕沁溪苒清予安恬沐桐璟霏"
            "芊莞漪"
            "筱苡珞锦汐"
        ),
    ),
)

#: Share of one-character given names in each cohort: few in old age, many about 1970, few again.
SINGLE: Final = (0.18, 0.30, 0.42, 0.30, 0.14)

#: Characters that registry offices and old fonts stumble over; the last are outside the basic plane.
RARE: Final = "喆堃淼昇珺玥翀赟祎弢璠甦珉骉犇燚垚嫑叒㛃㻏䶮𬱖𫖮𬭎𬍛𬀩𫍯"

#: Names of ethnic minorities with the dot between own and father's name.
DOTTED: Final = (
    (
        "阿卜杜拉", "买买提江", "艾合买提", "吐尔逊", "库尔班", "阿迪力", "玉素甫", "穆合塔尔", "艾力", "帕尔哈提",
        "叶尔兰",
        "巴合提", "努尔兰", "赛力克",
    ),
    (
        "古丽娜尔", "阿依古丽", "热依汗", "帕提古丽", "米热古丽", "迪丽努尔", "祖丽菲亚", "阿孜古丽", "古扎丽",
        "再娜甫",
        "阿依努尔", "加依娜",
    ),
    (
        "买买提", "艾合买提", "阿卜力孜", "吐尔洪", "依明", "库尔班", "司马义", "阿布都拉", "沙吾提", "哈力克", "玉山",
        "托合提", "哈德尔", "木拉提",
    ),
)  # fmt: skip

#: Names without a family name (Tibetan, Mongolian): men's and women's.
UNDIVIDED: Final = (
    ("扎西顿珠", "次仁多吉", "巴特尔", "格桑平措", "苏和", "朝鲁", "丹增", "索朗旺堆", "那日苏", "洛桑"),
    ("央金卓玛", "次仁拉姆", "乌云其木格", "萨仁", "德吉", "格桑卓嘎", "其其格", "白玛央宗", "琪琪格", "斯琴"),
)

#: Passport names, invented.
FOREIGN: Final = (
    ("Daniel Hartwell", "Marco Bellandi", "Jonas Feldkamp", "Peter Aldinger", "Kenji Morioka", "Luc Marchevel"),
    ("Anna Lindqvara", "Sofia Perelmont", "Emily Carstow", "Yuki Hanamori", "Claire Beaudrin", "Maria Ostrelli"),
)
