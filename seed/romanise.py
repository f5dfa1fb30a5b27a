"""Romanised names for the Red Cross's column, from a hand-written table that knows the commonest characters only.

A pronunciation library is not used on purpose: a test of one must not be written with it. What the table does not know
stays empty, as it does in such registers.
"""

from functools import cache
from typing import Final

from seed.streams import Texts, texts

_READINGS: Final = (
    "wang王汪 li李丽莉黎 zhang张章 liu刘 chen陈晨辰 yang杨洋阳 huang黄 zhao赵 zhou周 wu吴武 xu徐许 sun孙 zhu朱祝 "
    "ma马 hu胡 guo郭国 "
    "lin林琳 he何贺 gao高 liang梁亮良 zheng郑正 luo罗 song宋松 xie谢 tang唐汤 han韩涵 cao曹 deng邓 feng冯峰凤锋 "
    "zeng曾 cheng程成诚 cai蔡彩 "
    "peng彭鹏 pan潘 yuan袁元 yu于余俞宇玉雨 dong董东冬 su苏 ye叶 lv吕 wei魏伟卫韦玮 jiang蒋姜江 tian田天 du杜 ding丁 "
    "shen沈 lu陆卢鲁路 "
    "fan范帆 fu傅福 zhong钟 dai戴 ren任 yao姚瑶 fang方芳 jin金锦进 qiu邱 xia夏霞 tan谭 jia贾嘉佳家 shi石施史诗 "
    "qin秦琴沁 gu顾 qian钱倩 "
    "yan严颜燕艳妍 tao陶涛 ni倪 ji季吉 hua华花 jun军俊君钧骏 ming明铭鸣 jie杰洁捷 zhi志智芝 wen文雯温 yong勇永 "
    "ping平萍 ying英颖莹瑛 "
    "jing静晶菁敬 juan娟 min敏民 ling玲灵凌 hong红宏虹洪鸿 mei美梅 lan兰岚 zhen珍真贞 xiu秀 yun云芸韵 chun春 hai海 "
    "chao超 hao浩昊豪皓 "
    "hui辉慧惠晖 bin斌彬 lei磊蕾雷 xin鑫新欣心馨昕 fei飞菲 bo波博 xuan轩萱宣 zi子梓紫 rui睿瑞 zhe哲 "
    "yi怡宜一艺奕逸毅亦 si思 qi琪琦祺奇 "
    "yue悦月越 ke可柯 ting婷 xue雪学 dan丹 na娜 rong荣蓉 lian莲 sheng生胜盛晟 bao宝 de德 long龙 xiang祥翔香 heng恒 "
    "gang刚 kai凯 ning宁 "
    "meng梦萌 tong彤桐 shan珊山 ruo若 xi曦溪 ran苒然 jian建健 qiang强 guang光 qing庆清青晴 shu淑树 xiao晓萧 bei蓓 "
    "lu璐 ze泽 ya雅亚"
)


@cache
def _readings() -> dict[str, str]:
    table: dict[str, str] = {}
    for word in _READINGS.split():
        reading = "".join(char for char in word if char.isascii())
        for char in word[len(reading) :]:
            table.setdefault(char, reading)
    return table


def romanised(names: Texts) -> Texts:
    """``ZHANG Wei`` for each name whose every character is known, else an empty text."""
    return texts([_one(name) for name in names.tolist()])


def _one(name: str) -> str:
    parts = [_readings().get(char, "") for char in name]
    return f"{parts[0].upper()} {''.join(parts[1:]).capitalize()}" if len(parts) > 1 and all(parts) else ""
