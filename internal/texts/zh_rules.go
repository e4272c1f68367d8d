package texts

import "github.com/hongyan-go/hongyan/internal/lang"

// rulesTexts are texts of rules: the mistakes in expressions, and what is taught in a chat.
func rulesTexts() lang.Phrases {
	return lang.Phrases{
		// expressions
		"there is no %q%v": "没有 %q 这个名字%v",
		"there is no %q: write texts in quotes; the names are %s": "没有 %q 这个名字：文字要加引号；" +
			"能用的名字有 %s",
		"one = does not compare: write ==": "一个 = 不是比较：" +
			"请写 ==",
		"it ends too early: a value or a closing bracket is missing": "没有写完：少了一个值，" +
			"或少了右括号",
		"the quotation mark at the end of a text is missing": "文字末尾少了引号",
		"there is a \\ before a sign that needs none: write \\\\ for a \\ itself": "这个字符前面不该有 \\：要写 \\ 本身，" +
			"请写 \\\\",
		"this is no number: write digits, and texts in quotes": "这不是数字：数字只写数字，" +
			"文字要加引号",
		"the regular expression is wrong: %s; pkg.go.dev/regexp/syntax lists what there is": "正则表达式写错了：%s；" +
			"能写什么见 pkg.go.dev/regexp/syntax",
		"this is %v, and a condition is needed: compare it, such as text == \"price\" or hour >= 9": "这是%v，而这里要一个条件：" +
			"请写成比较，如 text == \"价格\" 或 hour >= 9",
		"%s has not as many values between its brackets as it needs":           "%s 括号里的值个数不对",
		"the function has not as many values between its brackets as it needs": "函数括号里的值个数不对",
		"%v is looked for in a list that has %v: write numbers without quotes, and texts in quotes": "在装着%[2]v的列表里找%[1]v：" +
			"数字不加引号，文字要加引号",
		"this value has no parts: docs/en/rules.md lists the names that there are": "这个值没有下一级：" +
			"有哪些名字见 docs/zh/rules.md",
		"it has more than %d parts: make several rules of it": "超过了 %d 个部分：" +
			"请拆成几条规则",
		"it cannot be understood: %v; docs/en/rules.md lists what an expression may have": "看不懂：%v；表达式能写什么，" +
			"见 docs/zh/rules.md",
		"%s is written in small letters: %s": "%s 要用小写：%s",
		"%s cannot stand here: conditions are joined by and, or, and compare by ==, !=, <, >, in, contains, matches": "%s 不能写在这里：" +
			"条件之间用 and 或 or 连接，比较用 ==、!=、<、>、in、contains、matches",
		"%s is a Chinese sign: write %s": "%s 是中文标点：" +
			"请写 %s",
		"the sign %s is not one of expressions: write texts in quotes": "表达式里没有 %s 这个符号：" +
			"文字要加引号",
		"%s joins conditions, and here it has %v and %v: compare them, such as text == \"price\"": "%s 连接的是条件，" +
			"而这里是%v和%v：请写成比较，如 text == \"价格\"",
		"in looks for a value in a list, and here it has %v and %v: write a list, such as hour in [9, 10]": "in 是在列表里找一个值，" +
			"而这里是%v和%v：请写一个列表，如 hour in [9, 10]",
		"%s is about texts, and here it has %v and %v: write texts in quotes": "%s 只用于文字，而这里是%v和%v：" +
			"文字要加引号",
		"%s cannot have %v and %v: write numbers without quotes, and texts in quotes": "%s 不能用于%v和%v：数字不加引号，" +
			"文字要加引号",
		"%s cannot have %v":               "%s 不能用于%v",
		"a text":                          "文字",
		"a condition":                     "条件",
		"a number":                        "数字",
		"a list":                          "列表",
		"a function without its brackets": "没写括号的函数",
		"something else":                  "别的东西",

		// conditions
		"it is empty, and would match every text: leave the key out for all": "是空的，会对上所有消息：要对所有消息就去掉这个键",

		// teach
		"Answers what the people in charge have taught it in the chat.": "在群里教问答：教什么，就答什么。",
		"Who may teach, change and delete: people, admins, owners.":     "谁能教、改、删：人、admins 或 owners。",
		"Whether a text contains the question, or is it.":               "话里含有问题就答，还是整句就是问题才答。",
		"How long an answer rests in its chat.":                         "同一个答案在一个会话里隔多久才再发。",
		"How often one person may teach and change.":                    "一个人多久能教、改几次。",
		"How many answers a chat has at most.":                          "一个会话最多有几条。",
		"%q is neither contains nor exact":                              "%q 既不是 contains 也不是 exact",
		"it is no number above 0":                                       "要写大于 0 的数",
		"what was taught cannot be read":                                "读不出教过的内容",

		// pictures
		"a picture could not be copied":                                "有一张图片没能存下来",
		"rules: the picture of a link: %w":                             "rules: 链接里的图片：%w",
		"rules: the copy of a picture: %w":                             "rules: 图片存不下来：%w",
		"rules: the picture of a link: what it leads to is no picture": "rules: 链接里的图片：打开来不是图片",
		"The path of a picture, or its link, of which a copy is kept.": "图片的路径；也可以是链接，会先存一份。",

		// forward
		"The time between two messages; what comes earlier waits for its turn.": "两条消息之间隔多久；来得早的排队等着。",
		"How long.": "多久。",
		"How long at night; as by day if it is absent.":                           "夜里隔多久；不写就和白天一样。",
		"When it is night.":                                                       "几点到几点算夜里。",
		"not sent on: because of cooldown its turn would come in more than a day": "没有转发：按 cooldown 排队要等一天以上",

		// relay
		"Only what quotes or mentions the account; without it all.": "只转引用本账号消息的（quoted）或 @ 本账号的（mentioned）；" +
			"不写就都转。",
		"A text for each group, once, before anything of it is repeated: {{Groups}} names them all.": "开始互通时给每个群说一次的话，" +
			"早于第一条转发；{{Groups}} 是所有群名。",
		"Messages of one group in a minute; above, lines wait and are merged.": "一个群每分钟最多转几条；超过的等着，" +
			"合并成一条。",
		"%q is not possible: write quoted or mentioned": "%q 不行：请写 quoted 或 mentioned",
		"it is empty, so nothing would be repeated: leave the key out for all": "是空的，什么都不会转：" +
			"要都转就去掉这个键",
	}
}
