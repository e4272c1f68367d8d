package texts

import "github.com/hongyan-go/hongyan/internal/lang"

// modelsTexts are texts of the models that plugins share, and of old keys.
func modelsTexts() lang.Phrases {
	return lang.Phrases{
		"%s:%d: %s: %s is called %s now, and the next version will not know the old word":       "%s:%d：%s: %s 现在叫 %s，下一版不再认旧词",
		"%s:%d: the key %s is old, and the next version will not know it: write %s":             "%s:%d：键 %s 是旧写法，下一版不再认：请改成 %s",
		"%q cannot be the name of a model: write one word":                                      "%q 不能作模型的名字：请写一个词",
		"%q has nothing that sounds":                                                            "%q 里没有能读出来的字",
		"%q is not mentioned, always or never":                                                  "%q 不是 mentioned、always 或 never",
		"A chat, a person, or owners.":                                                          "一个群、一个人，或 owners。",
		"The model that writes it, or its name in models; without, it counts.":                  "写小结的大模型，或它在 models 里的名字；不写就只统计。",
		"The model that sums them up, or its name in models; without, they are quoted.":         "把这些消息概括成几句的大模型，或它在 models 里的名字；不写就照抄。",
		"How long after a line that is typed on the phone; a time, or off.":                     "有人在手机上打字以后安静多久；写时间或 off。",
		"How many of the last messages of the chat.":                                            "这个会话最近的几条消息。",
		"How much it listens.":                                                                  "最多听多少。",
		"How much the model is asked.":                                                          "最多问模型多少。",
		"How often the plugin asks the model within 24 hours, at most.":                         "24 小时内这个插件最多问模型几次。",
		"In groups only voices count that begin with one of these, by its sound.":               "在群里，语音开头要有这些词之一，按读音算。",
		"The address up to the version; without one, that of the vendor of a well-known model.": "接口地址，写到版本号为止；知名模型不写就用厂商的地址。",
		"The answer to a customer who wants a person; {{Waiting}}: how many wait.":              "客户要找人工时的回复；{{Waiting}} 是连他在内有几位在等。",
		"The key for it; keep it in the environment.":                                           "接口的密钥，请放在环境变量里。",
		"The model, or its name in models; without it there are no summaries.":                  "大模型，或它在 models 里的名字；不写就没有摘要。",
		"The model; alone, its name in models. For coze the id of the bot.":                     "模型；单独写就是它在 models 里的名字。coze 写智能体的 id。",
		"The model; without url and key, its name in models.":                                   "模型；不写 url 和 key 时，是 models 里的名字。",
		"The price of a minute of voice that it hears.":                                         "听一分钟语音的价格。",
		"What a minute costs; cost_per_day counts a rather high price without it.":              "一分钟多少钱；不写的话 cost_per_day 按偏高的价格算。",
		"What it costs; a limit on the cost counts a rather high price without it.":             "价格；不写的话费用上限按偏高的价格算。",
		"What the model costs; a limit on the cost counts a rather high price without it.":      "模型的价格；不写的话费用上限按偏高的价格算。",
		"What the model costs; cost_per_day counts a rather high price without it.":             "模型的价格；不写的话 cost_per_day 按偏高的价格算。",
		"Its task; or a .txt or .md file.":                                                      "要模型做什么；也可以写 .txt 或 .md 文件。",
		"What the model may cost on a day, in all plugins together, in the unit of price.":      "这个模型一天最多花多少，所有插件加在一起，单位同 price。",
		"In groups.": "群里回答哪些消息。",
		"What the model remembers; a number is that of the questions.":         "模型记得什么；只写数字就是记几个问题。",
		"What the person who takes over gets to read of what was said before.": "接手的人能看到之前说过的什么。",
		"What the voices of a day may cost, in the unit of price.":             "一天的语音最多花多少，单位同 price。",
		"When they are told: 09:00-18:00; always if it is absent.":             "什么时候通知：09:00-18:00；不写就随时通知。",
		"Whether it begins anew with each line.":                               "是否每打一行字都重新计时。",
		"Which messages are for the model; one word is that for groups.":       "哪些消息归模型；只写一个词是指群里。",
		"Who is told, and may take over: names, owners, or {chat: NAME, " +
			"hours: 09:00-18:00}.": "通知谁，谁就能接手：名字、owners，或 {chat: 名字, hours: 09:00-18:00}。",
		"a voice is left alone: its sender is above cap.per_person":        "有一条语音没有听：发送者超过了 cap.per_person",
		"a voice is left alone: what listening may cost on a day is spent": "有一条语音没有听：今天听语音的费用用完了",
		"it is missing: %s answers at %s, which wants one; or write the url of " +
			"a server of your own": "没有写：%s 在 %s，那里要密钥；或者写自己服务器的 url",
		"it is missing: write a chat, a person, or owners":            "没有写：请写群、人或 owners",
		"model: coze says that the chat has failed":                   "model: coze 说对话失败了",
		"model: the answer of coze has ended too early":               "model: coze 的回答没有说完",
		"model: the answer of dify has ended too early":               "model: dify 的回答没有说完",
		"model: the stream of events breaks off":                      "model: 事件流断了",
		"the model is not asked: what it may cost on a day is spent":  "没有问模型：它今天的费用用完了",
		"there is no backend %q: write openai, dify, coze or fastgpt": "没有 %q 这种接口：请写 openai、dify、coze 或 fastgpt",
		"there is no model %q in models%v: write url and key beside it, or models: {%s: {url: …, " +
			"model: …}} in the file": "models 里没有模型 %q%v：请在旁边写 url 和 key，或者在文件里写 models: {%s: {url: …, model: …}}",
		"write off, or {lines: 6}":                                                         "请写 off，或 {lines: 6}",
		"The interface at the address; openai if absent.":                                  "那个地址是哪种接口；不写就是 openai。",
		"article, link, mini_program, finder; all if it is absent.":                        "收集什么：article、link、mini_program、finder；不写就都收。",
		"The command, such as /总结; it takes a time, a person, or both: 9:00-12:00, @NAME.": "命令，例如 /总结；后面可以写时间或人：3小时、9:00-12:00、@张三。",
		"Whether what is no text follows its note: a file, a link.":                        "提醒后面要不要带上原消息（文件、链接、图片等，文字除外）。",
		"A table of all messages with the words; relative to the data directory.":          "把有这些词的消息都记进这个表格，路径从数据目录算起。",
	}
}
