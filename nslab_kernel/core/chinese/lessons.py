"""Cells and what came of them, lessons, checkpoints, exercises."""

from __future__ import annotations

WORDS = {"it holds no JSON": "里面不是 JSON"}

SENTENCES = {
    # the words after a magic
    "The following arguments are required: {}.": "缺少参数：{0}。",
    "Unrecognized arguments: {}.": "不认识的参数：{0}。",
    "Argument {}: expected one argument.": "参数 {0} 后面要有一个值。",
    "Argument {}: invalid int value: {}.": "参数 {0} 的值 {1} 不是整数。",
    "Argument {}: invalid seconds value: {}.": "参数 {0} 的值 {1} 不是大于 0 的秒数。",
    "Argument {}: invalid variable value: {}.": "参数 {0} 的值 {1} 不能做变量名。",
    "Argument {}: invalid choice: {} (choose from {}).": "参数 {0} 不能是 {1}，可以选 {2}。",
    "Argument {}: ignored explicit argument {}.": "参数 {0} 后面不能有值 {1}。",
    "Ambiguous option: {} could match {}.": "选项 {0} 不明确，可能是 {1}。",
    "The form is {}.": "格式是 {0}。",
    "No closing quotation.": "引号没有闭合。",
    "No escaped character.": "反斜杠后面没有字符。",
    "Close the quotation mark.": "请把引号闭合。",
    # cells
    "There is no command to run.": "没有要运行的命令。",
    "Options are for cells.": "选项只能用在单元格里。",
    "Begin the cell with {}.": "请让单元格以 {0} 开头。",
    "{} is for cells of shell lines, not for Python.": "{0} 只用于 shell 单元格，不用于 Python。",
    "{} isn't installed.": "没有安装 {0}。",
    "{} brings it.": "{0} 会装上它。",
    "{} failed: {}": "{0} 失败：{1}",
    "The command ended with status {}.": "命令结束，退出状态是 {0}。",
    "The last command ended with status {}.": "最后一条命令结束，退出状态是 {0}。",
    "The command was ended by {}.": "命令被 {0} 结束。",
    "Ended after {} s, with everything that it had started.": "{0} 秒后被结束，它启动的一切也都结束了。",
    "Interrupted; what the cell had started has ended.": "已中断；单元格启动的一切都已结束。",
    "Interrupted; what the cell waits for can't be, so it ends afterwards.": (
        "已中断；单元格正在等待的东西无法中断，等到之后它才结束。"
    ),
    "Interrupted.": "已中断。",
    "{} on the machine itself brings {}.": "在本机上运行 {0} 会装上 {1}。",
    "{} explains.": "{0} 会说明原因。",
    "It was interrupted.": "被中断了。",
    "Run it again when you like.": "可以随时再运行一次。",
    "The step failed.": "这一步失败了。",
    # lessons
    "{} is not a notebook.": "{0} 不是笔记本。",
    "Give the path of a file that ends in .ipynb.": "请给出以 .ipynb 结尾的文件路径。",
    "There is no notebook {}.": "没有笔记本 {0}。",
    "There are: {}.": "有：{0}。",
    "Give the path from this notebook's folder.": "请给出从本笔记本所在目录开始的路径。",
    "{} can't be read as a notebook: {}.": "{0} 无法当作笔记本读取：{1}。",
    "Take a fresh copy of it.": "请换一份完好的副本。",
    "{} has no code cell, so there is nothing to play.": "{0} 没有代码单元格，没有可以播放的步骤。",
    "Choose a notebook with commands.": "请选一个有命令的笔记本。",
    "{} is a notebook of format {}, and lessons have format 4.": "{0} 是格式 {1} 的笔记本，而课程的格式是 4。",
    "Open it in JupyterLab and save it: that brings it up to date.": "请在 JupyterLab 里打开并保存，这样就会更新格式。",
    "{} is a damaged notebook: its list of cells can't be read.": "{0} 已损坏：读不出它的单元格。",
    '{} is a lesson for another kernel, "{}", which speaks {}.': "{0} 是给另一个内核“{1}”的课程，它用的是 {2}。",
    "Open it with that kernel, or choose a lesson for the kernel nslab.": (
        "请用那个内核打开，或选一个给 nslab 内核的课程。"
    ),
    "This front end doesn't tell which notebook it is in.": "这个前端没有告诉内核笔记本是哪一个。",
    "The notebook that this kernel was started for, {}, is no longer there.": "启动这个内核的笔记本 {0} 已经不在了。",
    "Name one: {}.": "请写出来：{0}。",
    "No lesson is being played as text.": "没有正在以文字播放的课程。",
    "Begin with {}.": "请先运行 {0}。",
    # checkpoints
    "There is nothing to check.": "没有可以检查的东西。",
    "Write claims, one a line:\n{}": "请写断言，一行一条：\n{0}",
    'Line {}, "{}", is not a claim.': "第 {0} 行“{1}”不是断言。",
    'Did you mean it like "{}"?': "是不是想写“{0}”这样？",
    "A claim has one of these forms:\n{}": "断言的写法有这些：\n{0}",
    '"{}" stands beside %%netns_check.': "%%netns_check 后面多了“{0}”。",
    "Write claims below it, one a line.": "请把断言写在它下面，一行一条。",
    "There is nothing to check: nothing has been broken, and no claims are given.": (
        "没有可以检查的东西：没有弄坏过什么，也没有写断言。"
    ),
    "{} breaks something; claims stand below a line {}.": "{0} 会弄坏一处；断言写在 {1} 一行的下面。",
    # exercises
    "Nothing has been broken.": "没有弄坏过什么。",
    "{} breaks something.": "{0} 会弄坏一处。",
    "This is a real machine, which nobody breaks on purpose.": "这是真实的机器，不会故意弄坏它。",
    "There is no level {}.": "没有难度 {0}。",
    "Levels are 1, 2 and 3.": "难度有 1、2 和 3。",
    "Something is broken already.": "已经有一处坏了。",
    "{} tests it, {} puts it back.": "{0} 检查是否修好，{1} 恢复原样。",
    "No fault of level {} fits this lab.": "难度 {0} 的故障都不适合这个实验室。",
    "Try another level, or build more.": "请换一个难度，或多搭一些。",
    "Nobody in this lab reaches anybody, so there is nothing to break.": (
        "这个实验室里谁也到不了谁，没有可以弄坏的东西。"
    ),
    "Build it first: {}, then {} and another.": "请先搭起来：{0}，然后 {1}，再接一个。",
    "{} doesn't reach {} at {}, though both are in one subnet: something is broken already.": (
        "{0} 到不了 {1} 的 {2}，虽然两者在同一个子网里：已经有一处坏了。"
    ),
    "{} explains; mend that first.": "{0} 会说明原因；请先把它修好。",
}
