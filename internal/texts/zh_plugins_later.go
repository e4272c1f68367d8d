package texts

import "github.com/hongyan-go/hongyan/internal/lang"

// laterPluginsTexts are texts of guard, collect, signup, and what plugins fetch.
func laterPluginsTexts() lang.Phrases {
	return lang.Phrases{
		// guard
		"Who has to leave all groups of the plugin.":                           "谁不许留在这个插件的任何群里。",
		"How members report a message.":                                        "群友怎么举报一条消息。",
		"A language model that is asked before anything is done about a text.": "处理一段文字之前先问的大模型。",
		"Who is on it: wxids, unique names.":                                   "名单上有谁：wxid 或唯一的名字。",
		"How many members have to report a message; off if it is absent.":      "要几个群友举报；不写就不收举报。",
		"What they write in a quote of the message.":                           "引用那条消息时写什么。",
		"The steps: warn, notify. Votes remove nobody.":                        "做什么：warn、notify。举报不会移出任何人。",
		"What it is asked; a yes or no.":                                       "问它什么；它只答“是”或“否”。",
		"%q is not one of warn, notify: votes remove nobody":                   "%q 不是 warn、notify 之一：举报不能移出人",
		"one member could have anybody warned: write 2 or more, or off":        "一个人就能让任何人被警告：写 2 以上，或 off",
		"qrfinder: the picture is too large, or of a format without a decoder": "qrfinder: 图片太大，或者是不认识的格式",
		"How long those are on it whom the plugin has removed from a group; " +
			"off if it is absent.": "被插件移出过群的人在名单上留多久；不写就不留。",

		// collect
		"What a page says, by a language model.":                                 "让大模型说网页讲了什么。",
		"What was collected in a chat since the last list, at times of the day.": "每天到点列出这个会话上次以来收集的链接。",
		"The times of the day, such as 18:00; none sends no list.":               "每天的时间，如 18:00；不写就不发。",
		"Who gets it: same is the chat itself; chats, people, or owners.":        "发给谁：same 是本会话；会话、人或 owners。",
		"When somebody asks, or of each new page.":                               "有人问才总结，还是每个新网页都总结。",
		"What people write in an answer that quotes the link, or before it.":     "引用链接时回什么，或在链接前写什么。",
		"The language model; without it there are no summaries.":                 "大模型；不写就没有总结。",
		"The time between two in a chat that were asked for.":                    "一个会话里两次总结之间隔多久。",
		"the links go nowhere: write csv, jsonl, webhook, list or summary":       "链接没有去处：写 csv、jsonl、webhook、list 或 summary",
		"a page was not summed up":                                               "一个网页没有总结",
		"a page was not summed up: there is hardly a word on it":                 "一个网页没有总结：上面几乎没有字",

		// signup
		"How long before the time-out there is a reminder.":                "超时之前多久提醒一次。",
		"How many times a list is posted again in a time, at most.":        "一段时间里名单最多重发几次。",
		"How often a list is posted again, at most; off: only at its end.": "名单多久最多重发一次；off 只在结束时发。",
		"What the answer has to be; any text if it is absent.":             "回答要是什么；不写就什么文字都行。",
		"Where a form asks; private for a phone or a file, else here.":     "在哪儿问；要手机号或文件时是 private，否则是 here。",
		"a file of a form cannot be downloaded":                            "表单里的一个文件下载不了",

		// digest
		"How long before that it is made; it covers what was said until then.": "提前多久做好；只总结到那时为止说的话。",
		"it is more than 12h: write the time before, such as 10m":              "超过 12h 了：写提前的时间，如 10m",

		// handover
		"When single ones of notify are told: 09:00-18:00.":              "notify 里的某几个什么时候通知：09:00-18:00。",
		"When, each day, they get a list of who waits or is taken over.": "每天几点给他们发一份还在等的、由人工接待的名单。",
		"notify has no such entry: write it there in the same words":     "notify 里没有这一项：两边要写得一样",

		// rules
		"%q is in many other words and in names: " +
			"write it in exact or in starts, or a longer word": "%q 会出现在很多别的词和人名里：写到 exact 或 starts 里，或写长一点的词",

		// welcome, watch, friends, llm
		"Greets only in groups of so many members, such as 0-200; in all if it is absent.": "只在人数是这么多的群里欢迎，如 0-200；不写就不管人数。",
		"%q is not a range of members: write 0-200, 10- or -200":                           "%q 不是人数范围：写 0-200、10- 或 -200",
		"nobody is greeted: the group is not within members":                               "没有欢迎：群的人数不在 members 里",
		"The part of the day in which it watches; always if it is absent.":                 "一天里什么时候盯；不写就一直盯。",
		"How: contains (the default), or exact, the whole text.":                           "怎么比：contains 是含有就行，也是默认；exact 要整条附言一样。",
		"%q is not possible: write contains or exact":                                      "不能写 %q：写 contains 或 exact",
		"Whose questions count only for cost_per_day: people, admins, owners.":             "谁的提问只算进 cost_per_day：人、admins 或 owners。",
		"What each answer of the model begins with, such as [AI].":                         "模型的每个回答前面加什么，如 [AI]。",
		"it has everybody: write off for the limits instead":                               "里面是所有人：要不限，把限额写成 off",

		// plugin
		"plugin: fetch: it is no URL":                               "plugin: 取网页：不是 URL",
		"plugin: fetch from %s: %v":                                 "plugin: 从 %s 取：%v",
		"plugin: fetch from %s: the answer is %d, not 200":          "plugin: 从 %s 取：返回 %d，不是 200",
		"plugin: fetch from %s: the answer is larger than %d bytes": "plugin: 从 %s 取：返回的内容超过 %d 字节",
	}
}
