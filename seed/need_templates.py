"""What communities ask for in an ordinary week: the kinds of need, with their roles, hours and weight."""

from dataclasses import dataclass
from typing import Final, NamedTuple


class RoleTemplate(NamedTuple):
    """A role: how many people it needs at least, should have and can use, and the labels of the skills it asks for."""

    name: str
    minimum: int
    target: int
    maximum: int
    skills: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedTemplate:
    """A kind of need.

    Attributes
    ----------
    weight : float
        How often it is asked for, relative to the others.
    starts : tuple of (str, float)
        Local times of day and their weights; a need lasts `minutes`.
    weekend : float
        Share of these needs that fall on Saturday or Sunday.
    recurrence : str
        RFC 5545 rule that some of them (a third) carry.
    at_street : bool
        Asked for by a street or town, not by a neighbourhood committee.
    """

    category: str
    title: str
    text: str
    place: str
    roles: tuple[RoleTemplate, ...]
    weight: float
    minutes: int
    starts: tuple[tuple[str, float], ...]
    weekend: float
    priority: tuple[int, int, int] = (1, 3, 1)
    whole: float = 0.0
    recurrence: str = ""
    at_street: bool = False


_MORNING: Final = (("08:30", 1.0), ("09:00", 4.0), ("09:30", 2.0))
_DAY: Final = (("09:00", 3.0), ("09:30", 1.0), ("13:30", 2.0), ("14:00", 3.0))
_AFTERNOON: Final = (("13:30", 1.0), ("14:00", 2.0), ("15:00", 1.0))
_EVENING: Final = (("18:00", 1.0), ("18:30", 3.0), ("19:00", 2.0))

TEMPLATES: Final = (
    NeedTemplate(
        category="为老服务",
        title="独居老人上门探访",
        text="两人一组上门看望独居老人，聊天、检查用电用气、记录需要。",
        place="居委会集合",
        roles=(RoleTemplate("探访志愿者", 2, 4, 6, ("为老服务",)),),
        weight=10,
        minutes=120,
        starts=_DAY,
        weekend=0.45,
        priority=(5, 3, 0),
        recurrence="FREQ=WEEKLY;COUNT=8",
    ),
    NeedTemplate(
        category="为老服务",
        title="陪同老人就医",
        text="陪同行动不便的老人去医院挂号、候诊、取药。",
        place="居委会门口",
        roles=(RoleTemplate("陪诊志愿者", 1, 2, 3, ("为老服务",)),),
        weight=6,
        minutes=180,
        starts=(("08:30", 3.0), ("13:30", 1.0)),
        weekend=0.15,
        priority=(8, 2, 0),
    ),
    NeedTemplate(
        category="为老服务",
        title="社区食堂助餐送餐",
        text="为高龄老人送午餐上门，核对名单，提醒服药。",
        place="社区食堂",
        roles=(RoleTemplate("送餐员", 2, 3, 5),),
        weight=7,
        minutes=90,
        starts=(("10:30", 4.0),),
        weekend=0.3,
        priority=(6, 3, 0),
        recurrence="FREQ=DAILY;COUNT=5",
    ),
    NeedTemplate(
        category="为老服务",
        title="为老人理发",
        text="在老年活动室为高龄老人义务理发。",
        place="老年活动室",
        roles=(RoleTemplate("理发志愿者", 1, 2, 3, ("理发",)), RoleTemplate("引导员", 1, 1, 2)),
        weight=3,
        minutes=150,
        starts=_MORNING,
        weekend=0.4,
        whole=0.5,
        recurrence="FREQ=MONTHLY;BYDAY=4SA",
    ),
    NeedTemplate(
        category="医疗服务",
        title="社区义诊与血压测量",
        text="量血压、测血糖、用药咨询，登记需要转诊的居民。",
        place="社区卫生服务站",
        roles=(
            RoleTemplate("医护志愿者", 1, 2, 3, ("医疗",)),
            RoleTemplate("护理协助", 1, 2, 3, ("护理",)),
            RoleTemplate("秩序引导", 1, 2, 4),
        ),
        weight=6,
        minutes=180,
        starts=_MORNING,
        weekend=0.7,
        priority=(5, 3, 0),
        whole=0.6,
    ),
    NeedTemplate(
        category="秩序维护",
        title="路口文明交通引导",
        text="早晚高峰在路口引导行人和非机动车。",
        place="主要路口",
        roles=(RoleTemplate("交通引导员", 2, 4, 6, ("交通引导",)),),
        weight=9,
        minutes=120,
        starts=(("08:00", 3.0), ("16:00", 1.0)),
        weekend=0.25,
        recurrence="FREQ=WEEKLY;BYDAY=MO,WE,FR;COUNT=12",
    ),
    NeedTemplate(
        category="秩序维护",
        title="平安巡逻",
        text="小区和弄堂巡逻，检查楼道堆物和飞线充电。",
        place="居委会",
        roles=(RoleTemplate("巡逻队员", 2, 3, 6),),
        weight=6,
        minutes=90,
        starts=_EVENING,
        weekend=0.45,
        priority=(0, 3, 2),
    ),
    NeedTemplate(
        category="课业辅导",
        title="爱心课堂作业辅导",
        text="辅导小学生完成作业，讲解英语和数学。",
        place="社区学校",
        roles=(RoleTemplate("辅导老师", 1, 3, 4, ("课业辅导",)), RoleTemplate("英语老师", 0, 1, 2, ("英语",))),
        weight=7,
        minutes=120,
        starts=(("14:00", 2.0), ("18:30", 2.0), ("09:00", 1.0)),
        weekend=0.65,
        recurrence="FREQ=WEEKLY;COUNT=6",
    ),
    NeedTemplate(
        category="儿童关爱",
        title="周末绘本故事会",
        text="为学龄前儿童讲绘本，带做手工。",
        place="社区图书室",
        roles=(RoleTemplate("讲述人", 1, 2, 3, ("阅读推广",)), RoleTemplate("秩序协助", 1, 1, 2)),
        weight=4,
        minutes=90,
        starts=(("09:30", 2.0), ("15:00", 2.0)),
        weekend=0.95,
        priority=(0, 2, 3),
    ),
    NeedTemplate(
        category="环境保护",
        title="垃圾分类驿站值守",
        text="在投放点指导居民分类，劝导混投。",
        place="垃圾分类驿站",
        roles=(RoleTemplate("分类指导员", 1, 2, 4, ("垃圾分类",)),),
        weight=10,
        minutes=120,
        starts=(("08:00", 3.0), ("18:00", 3.0), ("18:30", 2.0)),
        weekend=0.45,
        priority=(0, 3, 3),
        recurrence="FREQ=WEEKLY;BYDAY=TU,TH,SA;COUNT=9",
    ),
    NeedTemplate(
        category="环境保护",
        title="家园清洁日",
        text="清理楼道堆物、擦拭公共设施、整理非机动车。",
        place="居委会广场",
        roles=(RoleTemplate("清洁志愿者", 4, 8, 15),),
        weight=5,
        minutes=120,
        starts=_MORNING,
        weekend=0.9,
        priority=(0, 2, 3),
    ),
    NeedTemplate(
        category="数字助老",
        title="智能手机课堂",
        text="一对一教老人用手机挂号、付款、打车，识别诈骗。",
        place="社区学校",
        roles=(RoleTemplate("手机教学志愿者", 2, 4, 6, ("智能手机教学",)),),
        weight=7,
        minutes=120,
        starts=_DAY,
        weekend=0.55,
        recurrence="FREQ=WEEKLY;COUNT=4",
    ),
    NeedTemplate(
        category="社区服务",
        title="便民服务日",
        text="小家电维修、磨刀、配钥匙、法律咨询一条街。",
        place="街道社区事务中心广场",
        roles=(
            RoleTemplate("家电维修", 1, 3, 4, ("家电维修",)),
            RoleTemplate("法律咨询", 1, 1, 2, ("法律咨询",)),
            RoleTemplate("理发", 1, 2, 3, ("理发",)),
            RoleTemplate("现场引导", 2, 4, 6, ("秩序引导",)),
        ),
        weight=3,
        minutes=150,
        starts=_MORNING,
        weekend=0.85,
        at_street=True,
    ),
    NeedTemplate(
        category="赛会服务",
        title="社区健康跑保障",
        text="沿线指引、补水、应急救护；无救护员不能开跑。",
        place="滨江步道",
        roles=(
            RoleTemplate("救护员", 2, 3, 4, ("救护员证",)),
            RoleTemplate("沿线引导", 4, 8, 12, ("秩序引导",)),
            RoleTemplate("物资发放", 2, 4, 6),
        ),
        weight=2,
        minutes=180,
        starts=(("09:00", 5.0), ("08:30", 1.0)),
        weekend=1.0,
        priority=(3, 3, 0),
        whole=0.7,
        at_street=True,
    ),
    NeedTemplate(
        category="应急救援",
        title="活动现场应急救护",
        text="在社区活动现场设救护点，备AED。",
        place="活动中心",
        roles=(RoleTemplate("救护员", 1, 2, 3, ("救护员证",)),),
        weight=6,
        minutes=180,
        starts=(("09:00", 7.0), ("14:00", 2.0)),
        weekend=0.95,
        priority=(6, 2, 0),
    ),
    NeedTemplate(
        category="应急救援",
        title="心肺复苏与AED培训",
        text="面向居民的急救培训，师资带教。",
        place="社区学校",
        roles=(
            RoleTemplate("救护师资", 1, 1, 2, ("救护师资证",)),
            RoleTemplate("助教", 1, 2, 3, ("应急救护培训合格证",)),
        ),
        weight=1.5,
        minutes=180,
        starts=_DAY,
        weekend=0.7,
        whole=0.8,
        at_street=True,
    ),
    NeedTemplate(
        category="助残服务",
        title="阳光之家陪伴活动",
        text="陪伴残障学员做手工、散步。",
        place="阳光之家",
        roles=(RoleTemplate("助残志愿者", 2, 3, 4, ("助残服务",)), RoleTemplate("手语翻译", 0, 1, 1, ("手语",))),
        weight=4,
        minutes=150,
        starts=_DAY,
        weekend=0.35,
        priority=(4, 3, 0),
    ),
    NeedTemplate(
        category="心理咨询",
        title="心理倾听热线值班",
        text="接听社区心理热线，做好记录和转介。",
        place="社会工作站",
        roles=(RoleTemplate("倾听员", 1, 2, 2, ("心理咨询",)),),
        weight=3,
        minutes=150,
        starts=(("18:30", 3.0), ("14:00", 1.0)),
        weekend=0.4,
        priority=(4, 3, 0),
        at_street=True,
    ),
    NeedTemplate(
        category="法律服务",
        title="公共法律咨询窗口",
        text="解答房屋、婚姻、劳动纠纷问题。",
        place="公共法律服务站",
        roles=(RoleTemplate("法律咨询志愿者", 1, 2, 2, ("法律咨询",)),),
        weight=2,
        minutes=150,
        starts=_AFTERNOON,
        weekend=0.4,
        priority=(3, 3, 0),
        at_street=True,
    ),
    NeedTemplate(
        category="社区服务",
        title="邻里纠纷调解",
        text="协助人民调解员走访、调解邻里纠纷。",
        place="居委会调解室",
        roles=(RoleTemplate("调解志愿者", 1, 2, 2, ("人民调解",)),),
        weight=3,
        minutes=120,
        starts=_AFTERNOON,
        weekend=0.3,
    ),
    NeedTemplate(
        category="文化艺术",
        title="社区文艺演出",
        text="合唱、舞蹈、主持，给老人们热闹热闹。",
        place="社区文化活动中心",
        roles=(
            RoleTemplate("主持人", 1, 1, 2, ("主持",)),
            RoleTemplate("声乐器乐", 2, 3, 6, ("音乐",)),
            RoleTemplate("摄影", 0, 1, 2, ("摄影",)),
            RoleTemplate("场务", 2, 3, 5),
        ),
        weight=2.5,
        minutes=150,
        starts=(("14:00", 3.0), ("18:30", 2.0)),
        weekend=0.8,
        priority=(0, 2, 4),
        whole=0.4,
        at_street=True,
    ),
    NeedTemplate(
        category="文化艺术",
        title="书法班助教",
        text="协助老师给居民上书法课。",
        place="社区学校",
        roles=(RoleTemplate("助教", 1, 2, 2, ("书法",)),),
        weight=2.5,
        minutes=120,
        starts=_DAY,
        weekend=0.5,
        priority=(0, 2, 3),
        recurrence="FREQ=WEEKLY;COUNT=10",
    ),
    NeedTemplate(
        category="体育健身",
        title="太极晨练领操",
        text="带领居民晨练，注意老人安全。",
        place="街心花园",
        roles=(RoleTemplate("领操员", 1, 1, 2, ("体育",)),),
        weight=2.5,
        minutes=60,
        starts=(("08:00", 1.0),),
        weekend=0.35,
        priority=(0, 1, 4),
        recurrence="FREQ=DAILY;COUNT=7",
    ),
    NeedTemplate(
        category="社区服务",
        title="沪语陪聊与助浴登记",
        text="用沪语与高龄老人沟通，登记助浴、护理需要。",
        place="综合为老服务中心",
        roles=(RoleTemplate("沪语志愿者", 1, 2, 3, ("沪语",)),),
        weight=3,
        minutes=120,
        starts=_DAY,
        weekend=0.35,
        priority=(2, 3, 0),
    ),
    NeedTemplate(
        category="社区服务",
        title="消防安全宣传入户",
        text="入户宣传用火用电安全，检查灭火器。",
        place="居委会",
        roles=(RoleTemplate("安全宣传员", 1, 2, 4, ("消防安全",)),),
        weight=2.5,
        minutes=120,
        starts=(("18:30", 2.0), ("09:30", 1.0)),
        weekend=0.5,
        priority=(1, 3, 1),
    ),
)

#: What the remote island asks for; nobody of the sample lives near it.
REMOTE_TITLES: Final = ("独居老人上门探访", "社区义诊与血压测量", "智能手机课堂")
