package texts

import "github.com/hongyan-go/hongyan/internal/lang"

// morePluginsTexts are the keys of the plugins from handover to wordfilter, and of rules.
func morePluginsTexts() lang.Phrases {
	return lang.Phrases{ //nolint:gosec // texts about secrets
		// handover/handover
		"What customers write to get a person, alone " +
			"or at the beginning of a message.": "客户写什么就转人工，单独写或写在消息开头。",
		"After how many messages that nothing answers a person is called.":    "连着多少条没有人答上，就叫人来。",
		"The plugins that are quiet meanwhile, or all.":                       "这期间哪些插件不说话；all 是全部。",
		"For how long they are quiet.":                                        "安静多久。",
		"How long after a line that is typed on the phone.":                   "在手机上打了一句话之后安静多久。",
		"What a customer writes, or the phone types, to have the bot again.":  "客户写什么，或手机上打什么，机器人就回来。",
		"When people are there; always if it is absent.":                      "什么时间有人；不写就是一直有。",
		"The answer to a customer who wants a person.":                        "客户要转人工时怎么回。",
		"The answer outside of hours.":                                        "不在时间里怎么回。",
		"Hands a chat over to a person, and keeps the model quiet meanwhile.": "把会话交给真人，这期间大模型不插嘴。",

		// model/cost
		"The price of a million tokens that the model reads.": "模型读一百万个 token 的价钱。",
		"The price of a million tokens that it writes.":       "模型写一百万个 token 的价钱。",

		// model/section
		"Groups where the commands work, too; else only in private chats.": "哪些群里也能用命令；不写就只在私聊里。",
		"Commands that ask once more: pause, resume, " +
			"quiet, reload, on, off.": "再确认一次才做的命令：pause、resume、quiet、reload、on、off。",
		"Plugins that the administrators of a group may " +
			"switch on and off there.": "群管理员能在本群开关的插件。",
		"A file with a line of JSON for each command, also " +
			"of people who may not.": "每条命令记一行 JSON 的文件，没有权限的人发的也记。",
		"it looks after the others and stays on": "它管着别的插件，不能关",
		"The command that says who has invited how many; a " +
			"time such as 7d may follow.": "看谁邀请了多少人的命令；后面可以写时间，如 7d。",
		"a question about members is not answered: who " +
			"asks may not, or the plugin is off here": "有人问成员的事，没有回答：提问的人没有权限，或插件在这里关着",
		"The answer is RSS or Atom: {{entries}} are the " +
			"articles that are new, if there are any.": "返回的是 RSS 或 Atom：{{entries}} 是新文章，没有新的就不发。",
		"The answer is a feed: {{entries}} are the articles that are new.":      "返回的是 RSS 或 Atom：{{entries}} 是新文章，没有新的就不发。",
		"How many articles of a feed a message has at most.":                    "一条消息里最多列几篇文章。",
		"a feed has no values: write {{entries}} in the text":                   "订阅源没有 values：在文字里写 {{entries}}",
		"no message: there is nothing new":                                      "没有消息要发：没有新内容",
		"schedule: fetch: the answer is not a feed in UTF-8 (RSS or Atom): %v":  "schedule：返回的不是 UTF-8 的订阅源（RSS 或 Atom）：%v",
		"Whom critical alerts mention in groups: wxids, or names in the group.": "严重告警在群里 @ 谁：wxid，或群里的名字。",
		"an alert cannot mention somebody":                                      "告警里有个人 @ 不到",
		"Whether the people in charge have commands: 客户, 客户名单, 备注, 标签, 记录.":     "负责人能不能用命令：客户、客户名单、备注、标签、记录。",
		"plugin: there is no such label":                                        "没有这个标签",
		"The base of the API, such as https://api.example.com/v1.":              "接口的地址，如 https://api.example.com/v1。",
		"The key of the API; keep it in the environment.":                       "接口的密钥；放在环境变量里。",
		"The name of the model.":                                                "模型的名字。",
		"How long an answer may take.":                                          "一次回答最多等多久。",
		"How often the model is asked within 24 hours, at most.":                "24 小时里最多问模型几次。",
		"What the tokens cost; cost_per_day needs it.":                          "token 的价钱；cost_per_day 要用。",
		"What the answers of a day may cost, in the unit of price.":             "一天的回答最多花多少，单位和 price 相同。",

		// livecode/livecode
		"The groups in order.": "群，按先后排列。",
		"The address of the page; each entry has one of its own.":                "页面监听的地址；每一项各有自己的。",
		"The path of the page.":                                                  "页面的路径。",
		"Whether others than this machine may open the page.":                    "别的机器能不能打开页面。",
		"Which group is shown.":                                                  "显示哪个群：in_turn 一个接一个，least 人最少，least_shown 扫码最少，random 随便一个。",
		"From how many members on no new visitor sees a group.":                  "群到多少人就不再给新的访客看。",
		"How old a code gets before a new one is fetched. It ends after 7 days.": "二维码用多久就换新的。它 7 天后失效。",
		"How often the members are counted; the first code comes then.":          "多久数一次人；第一个二维码也在那时取。",
		"How long a visitor sees the same group.":                                "同一个访客多久之内看到同一个群。",
		"The title of the page.":                                                 "页面的标题。",
		"A line below the code.":                                                 "二维码下面的一行字。",
		"What the page shows when no group has room.":                            "所有群都满了，页面显示什么。",
		"Words that are answered in private with the address of the page.":       "私聊里写了这些词，就回页面的地址。",
		"That answer.": "这个回复怎么写。",
		"The address of the page as visitors know it, for the answer.": "访客看到的页面地址，回复里用。",
		"From how few places in all notify is told.":                   "所有群加起来只剩多少个位置时告诉 notify。",
		"A text.": "一段文字。",
		"A picture, such as a personal QR code: a " +
			"file of this machine, up to 2 MB.": "一张图片，例如个人二维码：本机的文件，最大 2 MB。",
		"A page with the QR code of a group with room, always a valid one.": "一个页面，总是显示还有位置的群的有效二维码。",

		// llm/httptool
		"What it does, for the model: a sentence or two.":                        "它做什么，说给模型听：一两句话。",
		"The address; {NAME} in its path or query is an argument.":               "地址；路径或查询里的 {名字} 是参数。",
		"All but GET count as a change.":                                         "除了 GET 都算修改。",
		"The key for it, sent as Authorization: Bearer.":                         "它的密钥，以 Authorization: Bearer 发出。",
		"What the model gives, by name; for the address, the query or the JSON.": "模型要给的参数，键是名字；用在地址、查询或 JSON 里。",
		"Whether the host may have an address that is not public.":               "这个主机能不能是内网地址。",
		"What it is, for the model.":                                             "它是什么，说给模型听。",
		"What it has to be.":                                                     "它必须是什么。",
		"The only texts that are possible.":                                      "只能是这些文字。",
		"How many characters a text may have.":                                   "文字最多多少个字。",
		"Whether it may be absent.":                                              "可不可以不给。",

		// llm/llm
		"The interface at the address; openai, which many have, if absent.": "地址上是哪种接口；不写就是 openai，很多服务都是。",
		"The address of the interface, up to the " +
			"version: https://api.deepseek.com/v1.": "接口的地址，写到版本号为止：https://api.deepseek.com/v1。",
		"The key for it; empty for a model of your own that needs none.": "它的密钥；自己的模型不需要就留空。",
		"The model; for coze the id of the bot; dify " +
			"and fastgpt know it by the key.": "模型；coze 写机器人的 id；dify 和 fastgpt 凭密钥就知道。",
		"What the model is told first; or the path of a .txt or .md file.":     "先告诉模型的话；或 .txt、.md 文件的路径。",
		"Which messages of a group it answers.":                                "群里哪些消息要回答。",
		"Whether it answers in private chats.":                                 "私聊要不要回答。",
		"Words at the beginning of a message that work like a mention.":        "消息开头有这些词，就当作 @ 了机器人。",
		"Who has a memory: each person in a chat, or each chat.":               "记忆属于谁：会话里的每个人，或整个会话。",
		"How many questions it remembers, with their answers.":                 "记住多少个问题和回答。",
		"After how long without a question it forgets.":                        "多久没有人问就忘掉。",
		"Messages of a person within this time are one question.":              "一个人在这段时间里的几条消息算一个问题。",
		"How many questions of a person it answers in a chat.":                 "一个人在一个会话里最多答几个问题。",
		"How many questions it answers in a chat.":                             "一个会话里最多答几个问题。",
		"What the answers of a day to a person may cost.":                      "一天里给一个人的回答最多花多少。",
		"What the tokens cost.":                                                "token 的价钱。",
		"Whether the model (openai, fastgpt) can see, and gets, pictures.":     "模型（openai、fastgpt）看得懂图片时，要不要给它看。",
		"Words that stop a question or an answer, or the path of a .txt file.": "拦下问题或回答的词，或 .txt 文件的路径。",
		"The answer above a limit, sent once.":                                 "到了上限怎么回，只说一次。",
		"The answer if a word is blocked.":                                     "遇到拦下的词怎么回。",
		"The answer if the model gives none.":                                  "模型没有给出回答时怎么回。",
		"The most characters of a message; longer answers are sent in parts.":  "一条消息最多多少个字；更长的分几条发。",
		"Whether the first part quotes the question.":                          "第一条要不要引用问题。",
		"How long the model may take.":                                         "最多等模型多久。",
		"Chats with a prompt or a model of their own, by id or name.":          "有自己的提示词或模型的会话，键是 id 或名字。",
		"Models and prompts that a chat can be " +
			"switched to, by the command /模型 NAME.": "会话可以用命令 /模型 名字 换用的模型和提示词。",
		"Who may switch: people, admins or owners.": "谁可以换：人、admins 或 owners。",
		"What the model may do for listed people.":  "模型能替名单上的人做什么。",

		// llm/tools
		"For whom the model may call tools: wxids, unique names, owners.":     "模型能替谁调用工具：wxid、唯一的名字、owners。",
		"A tool that tells the time and the day.":                             "告诉模型时间和日期的工具。",
		"A tool that searches what was said in the same chat; needs history.": "在同一个会话里搜索聊天记录的工具；要打开 history。",
		"Tools that call other systems, by the name that the model knows.":    "调用其他系统的工具，键是模型看到的名字。",
		"How often the model may call tools for an answer.":                   "一次回答最多调用几次工具。",
		"How long the calls of an answer may take together.":                  "一次回答里的调用加起来最多等多久。",

		// modlog/modlog
		"What is logged; all but revoke if it is absent.":                   "记录什么；不写就是除 revoke 以外的全部。",
		"The file of the log, with a line of JSON for each event.":          "记录文件，一个事件一行 JSON。",
		"How long lines are kept.":                                          "每行保留多久。",
		"How often the lists of members are compared, to see who has left.": "多久对比一次成员名单，看谁退了群。",
		"Chats that are told.":                                              "告诉哪些会话。",
		"The command that says when somebody joined.":                       "查某人什么时候进群的命令。",
		"Chats that get the events, merged into one " +
			"message; none if it is absent.": "哪些会话收到合成一条的事件；不写就不发。",
		"How often they get one at most.":                              "最多多久发一次。",
		"The command, which a name or a wxid follows.":                 "命令，后面跟名字或 wxid。",
		"Who may ask in a group: wxids, unique names, admins, owners.": "群里谁可以问：wxid、唯一的名字、admins、owners。",
		"Logs who joins groups, how and by whom, who " +
			"leaves, and what is moderated.": "记录谁怎样进群、被谁邀请，谁退了群，以及群管理的处理。",

		// owner/owner
		"Commands for the people in charge: status, pause, " +
			"reload, errors, plugins on and off.": "给负责人的命令：状态、暂停、重载、错误、插件开关。",

		// poll/poll
		"The command that starts a poll: /投票 午饭 面 饭.":                           "发起投票的命令：/投票 午饭 面 饭。",
		"Who may start one: people, admins, owners, or all.":                    "谁可以发起：人、admins、owners 或 all。",
		"Whether people may choose several: 1 3.":                               "能不能选几项：1 3。",
		"Whether people may change their vote.":                                 "能不能改票。",
		"Leave the names out; the numbers in the chat are seen by all.":         "不记名；会话里发的数字大家都看得到。",
		"Whether people may vote for guests, too: 2 +1.":                        "能不能替客人投：2 +1。",
		"With fewer voters the result does not count.":                          "投票的人少于这个数，结果不算。",
		"When a poll ends by itself; off: only by the command.":                 "投票多久自动结束；off：只用命令结束。",
		"When the count is shown: at the end, or also once a minute.":           "什么时候公布票数：结束时，或每分钟也公布一次。",
		"A reminder before the end.":                                            "结束前的提醒。",
		"How long before the end; none if it is absent.":                        "结束前多久；不写就不提醒。",
		"Whom it mentions: those who have not voted, or none.":                  "提醒时 @ 谁：还没投的人，或谁也不 @。",
		"Polls in a group: people answer with a number, and change their mind.": "群里的投票：回数字就行，可以改主意。",

		// relay/config
		"The groups that hear each other.":             "互相听得到的群。",
		"Only the first group is heard by the others.": "只有第一个群的消息传到其他群。",
		"Who speaks; it stands before each message.":   "是谁在说；写在每条消息前面。",
		"What is repeated: text, image, file, link, video, " +
			"finder …; without it the first four.": "传什么：text、image、file、link、video、finder……；不写就是前四种。",
		"Regular expressions for texts that are not repeated; without it ^/.": "不传的文字的正则表达式；不写就是 ^/。",
		"Show what an answer quotes, as a line that begins with a >.":         "引用的内容也显示，写成 > 开头的一行。",
		"What a revoke does in the others: a line, or nothing.":               "撤回之后在其他群怎么办：说一行，或什么也不做。",
		"Lines that one person writes within this time are one message.":      "一个人在这段时间里写的几行合成一条。",
		"How much is sent at most, over all groups together.":                 "所有的群加起来最多发多少。",
		"Messages in a minute; above, lines wait and are merged.":             "一分钟的条数；超过就等一等，合并着发。",
		"Messages in a day; above, nothing more is repeated that day.":        "一天的条数；超过当天就不再传。",
		"Joins groups: what is said in one is repeated in the others.":        "把几个群连起来：一个群里说的，其他群也看得到。",

		// rules/forward
		"Groups or friends to forward to.":                                    "转发到哪些群或好友。",
		"A text that is sent before: a template.":                             "前面先发的一段文字：模板。",
		"Another title, or file name.":                                        "换一个标题或文件名。",
		"What not to forward again.":                                          "什么不再转发第二次。",
		"Send the file as a new one if the service refuses to forward it.":    "服务拒绝转发时，把文件当新文件发出。",
		"What a person has to agree to first.":                                "哪些要先由人同意。",
		"The time before it is forwarded, in which the sender can revoke it.": "转发前等多久，发的人可以在这期间撤回。",
		"What is compared: the md5 of the file (the default), or the text.":   "比较什么：文件的 md5（默认），或文字。",
		"For how long; the default is 24h.":                                   "记多久；默认 24h。",
		"Nothing (the default), or a line in place of the file.":              "什么也不发（默认），或用一行代替文件。",
		"Which names of files, or texts.":                                     "哪些文件名或文字。",
		"Who has to agree; the default is owner, the first of owners.":        "由谁同意；默认 owner，即 owners 的第一个。",
		"How long the question waits; the default is 24h.":                    "问题等多久；默认 24h。",
		"The question: a template.":                                           "问题怎么问：模板。",
		"What the chat gets if the person refuses, or does not answer.":       "对方拒绝或没有答复时，会话里说什么。",
		"Where to post to.":                                                   "请求发到哪里。",
		"Signs the request.":                                                  "给请求签名。",
		"Answer with what the response says.":                                 "用响应的内容回复。",
		"How long the response may take; the default is 10s.":                 "最多等响应多久；默认 10s。",
		"A file that ends in .csv.":                                           "以 .csv 结尾的文件。",
		"A file that ends in .jsonl.":                                         "以 .jsonl 结尾的文件。",
		"The cells of a line: templates.":                                     "一行里的各格：模板。",
		"Chats, people, or owners.":                                           "会话、人，或 owners。",
		"The note: a template.":                                               "通知怎么写：模板。",

		// rules/rules
		"Unique; shows up in logs.":                            "不能重名；日志里会出现。",
		"Whether the rule works.":                              "这条规则用不用。",
		"The kinds of message: text, image, file, link …":      "消息的类型：text、image、file、link……",
		"Accounts, by app_id.":                                 "账号，写 app_id。",
		"Chats, or private, groups, all.":                      "会话，或 private、groups、all。",
		"Chats in which the rule does not work.":               "规则在哪些会话里不用。",
		"People, or owners, admins, all.":                      "人，或 owners、admins、all。",
		"People for whom the rule does not work.":              "规则对谁不用。",
		"Only private messages.":                               "只在私聊里。",
		"Only group messages.":                                 "只在群里。",
		"Only messages that mention the account.":              "只在有人 @ 账号时。",
		"Also messages of chats that the bot only listens to.": "机器人只听不说的会话里的消息也算。",
		"The text contains one of these words.":                "文字里有其中一个词。",
		"Keyword matches this spelling only.":                  "关键词区分大小写。",
		"The text contains none of these words.":               "文字里不能有这些词。",
		"The text begins with one of these.":                   "文字以其中一个开头。",
		"The text is one of these.":                            "文字就是其中一个。",
		"The text matches; named groups become placeholders.":  "文字符合的正则表达式；命名的组成为占位符。",
		"The extensions of files.":                             "文件的扩展名。",
		"The smallest file.":                                   "最小的文件。",
		"The largest file.":                                    "最大的文件。",
		"How old a message may be, instead of the " +
			"max_age of the bot; off for any age.": "消息最多多旧，代替机器人的 max_age；off 是不限。",
		"The part of the day in which the rule works.":                         "规则在一天的哪段时间有用。",
		"An expression that must be true.":                                     "必须为真的表达式。",
		"How likely the rule takes a message, from 0 to 1.":                    "规则有多大可能接一条消息，0 到 1。",
		"How long the rule rests after a message.":                             "接了一条消息后歇多久。",
		"Go on with the next rules.":                                           "后面的规则也继续看。",
		"The rules after this one do not see the message: the default.":        "后面的规则不再看这条消息：默认如此。",
		"Do everything but act: the log says what would have been done.":       "什么都做，只是不真的发：日志里写本来会做什么。",
		"Who is told when an action fails for good: chats, people, or owners.": "动作彻底失败时告诉谁：会话、人，或 owners。",
		"The time before the rule acts.":                                       "规则等多久才做。",
		"A question to a person, who has to agree first.":                      "先问一个人，同意了才做。",
		"Why replies and forwards wait for a person, who releases them.":       "回复和转发为什么要等人放行。",
		"Accept the friend request.":                                           "通过好友申请。",
		"A label for the sender.":                                              "给发的人打的标签。",
		"The name that the account gives the sender: a template.":              "账号给发的人起的备注：模板。",
		"A group to invite the sender to.":                                     "邀请发的人进哪个群。",
		"What to answer with: a text, or a list.":                              "回什么：一段文字，或一个列表。",
		"What of a list to answer with.":                                       "列表里回哪些。",
		"Where the message goes.":                                              "消息转到哪里。",
		"A URL to post the message to.":                                        "把消息发到哪个 URL。",
		"A table to add a line to.":                                            "给哪张表加一行。",
		"Who gets a note about the message.":                                   "谁收到关于这条消息的通知。",
		"How long the bot is silent in the chat afterwards.":                   "之后机器人在会话里安静多久。",
		"For whom it rests; the default is chat.":                              "对谁歇；默认是 chat。",
		"How long.":                     "多久。",
		"A text: a template.":           "一段文字：模板。",
		"The text quotes the message.":  "文字要不要引用消息。",
		"The text mentions the sender.": "文字要不要 @ 发的人。",
		"The path of a file.":           "文件的路径。",
		"The path of a voice, in SILK.": "语音的路径，SILK 格式。",
		"A link card.":                  "链接卡片。",
		"A person whose card is sent.":  "发谁的名片。",
		"The title.":                    "标题。",
		"The line below the title.":     "标题下面的一行。",
		"Where the link leads.":         "链接指向哪里。",
		"The URL of a small picture.":   "小图的 URL。",

		// schedule/fetch
		"A URL that answers with JSON or text.": "返回 JSON 或文字的 URL。",
		"The message; {{body}} is the answer, the " +
			"names of values are parts of it.": "消息怎么写；{{body}} 是返回的内容，值的名字是其中的一部分。",
		"Parts of a JSON answer by name, such as " +
			"{news: data.news}; a list is numbered.": "按名字取 JSON 里的值，如 {news: data.news}；列表会编号。",
		"Hosts that need not be on the public internet, such as 10.0.0.5:9000.": "可以不在公网上的主机，如 10.0.0.5:9000。",
		"The largest answer that is read.":                                      "最多读多大的返回内容。",

		// schedule/schedule
		"The times of the day, such as 09:00.":                        "一天里的几点，如 09:00。",
		"The times as in crontab, in place of at.":                    "像 crontab 那样写的时间，代替 at。",
		"Who gets the message: chats, people, or owners.":             "发给谁：会话、人，或 owners。",
		"The message; {{date}}, {{weekday}} and {{time}} are filled.": "消息怎么写；{{date}}、{{weekday}}、{{time}} 会填上。",
		"Fetches a message from a URL.":                               "从 URL 取消息。",
		"How late a message may go out after the bot was down, once.": "机器人停过之后，消息最晚补到什么时候，只补一次。",
		"Whether people may ask for reminders: 提醒我 18:00 开会.":         "能不能让机器人提醒：提醒我 18:00 开会。",
		"How many reminders a person may have in a chat.":             "一个人在一个会话里最多有几个提醒。",
		"Timed messages, a morning paper from a URL, and reminders.":  "定时消息、从 URL 取来的早报、提醒。",

		// scope
		"Whether the plugin runs.":                                           "插件用不用。",
		"A name of its own, for a plugin that a bot has several times.":      "自己的名字，同一个插件用了几次时要写。",
		"The chats where it works: ids, unique names, private, groups, all.": "在哪些会话里有用：id、唯一的名字、private、groups、all。",
		"Chats where it does not work, whatever in says: as in.":             "在哪些会话里不用，不管 in 怎么写；写法和 in 一样。",
		"Whose messages: wxids, unique names, admins, owners, or all.":       "谁的消息：wxid、唯一的名字、admins、owners 或 all。",
		"Whose messages it does not handle.":                                 "谁的消息不处理。",
		"The accounts it works for, by app_id; all if it is absent.":         "用于哪些账号，写 app_id；不写就是全部。",
		"Do all but send, for a time or always; " +
			"the log says what it would send.": "什么都做，只是不发，可以限定一段时间；日志里写本来会发什么。",
		"Who is told what matters: chats, people or owners.": "该让人知道的事告诉谁：会话、人，或 owners。",

		// signup/question
		"What the bot asks.":                                                   "机器人怎么问。",
		"The only answers that are possible.":                                  "只能回答这些。",
		"How many characters an answer may have.":                              "回答最多多少个字。",
		"Whether people may skip it, by the word 跳过.":                          "能不能用“跳过”跳过。",
		"Whether the answer may come in several messages, up to the word 完.":   "回答能不能分几条发，发完回复“完”。",
		"After how many visitors a code rests until it is renewed.":            "一个二维码给多少人看过之后就换下一个群，直到更新。",
		"When the page shows codes; always if it is absent.":                   "页面什么时段显示二维码；不写就总是显示。",
		"What the page says outside of hours.":                                 "不在时段里时页面上写什么。",
		"The command by which a person in charge sees places and visitors.":    "负责人看位置和扫码人数的命令。",
		"A file of the data directory: chats, and columns that fill the text.": "数据目录里的表格：第一列是会话，其余各列按列名填进文字。",
		"only a text without a check comes in several messages":                "只有不检查格式的文字才能分几条发",

		// signup/signup
		"A form with questions, or a list that all in the group see.":           "带问题的表单，或全群看得见的接龙。",
		"The words that start the form, or a list.":                             "写什么就开始填表或接龙。",
		"The questions of a form, by the name of their column, in their order.": "表单的问题，键是列名，按先后排列。",
		"Whether a form shows the answers, and waits for a yes.":                "表单要不要列出答案，等人确认。",
		"The words that end an open form.":                                      "写什么就结束正在填的表单。",
		"How long a form waits for an answer.":                                  "表单等回答等多久。",
		"Whether a person signs up by a form only once.":                        "一个人是不是只能用表单报一次名。",
		"Who may start a list: people, admins, owners, or all.":                 "谁可以发起接龙：人、admins、owners 或 all。",
		"Whether people may bring others to a list: +3, or 报名 NAME.":            "能不能带别人接龙：+3，或 报名 名字。",
		"How many places there are; later ones wait for one.":                   "有多少个名额；后来的排队等。",
		"The last day to sign up.":                                              "报名的最后一天。",
		"A system that gets each sign-up and each cancellation.":                "每次报名和取消都推给这个系统。",
		"Signs people up: by a form with questions, " +
			"or by a list in the group (接龙).": "报名：填带问题的表单，或在群里接龙。",

		// watch/watch
		"Words or regular expressions; without any, " +
			"all messages of the people in from.": "词或正则表达式；不写就是 from 里的人的全部消息。",
		"Words or regular expressions of messages that do not count.":            "词或正则表达式，有它们的消息不算。",
		"Who gets the notes: chats, people, or owners.":                          "通知谁：会话、人，或 owners。",
		"How many messages before it a note quotes.":                             "通知里引用前面的几条消息。",
		"How long a note waits for the same text in other chats.":                "通知等多久，看其他会话里有没有同样的话。",
		"How often there may be a note.":                                         "最多多少次通知。",
		"How long the same text, in whichever chat, makes no second note.":       "同样的话，不管在哪个会话，多久之内不再通知。",
		"What happens when there are many notes.":                                "通知太多时怎么办。",
		"Words or regular expressions whose notes also come in the quiet hours.": "词或正则表达式，有它们的在静默时段也通知。",
		"The time after a note without another one; the " +
			"next one tells how many there were.": "通知一次之后多久不再通知；下一次会说中间还有几条。",
		"What it is counted for.":                                         "按什么算。",
		"How many notes come one by one in the time of every.":            "在 every 的时间里先逐条通知几条。",
		"How often the others come together.":                             "其余的多久合成一条。",
		"Tells a person which messages, in any chat, have certain words.": "不管在哪个会话，消息里有某些词就告诉你。",

		// webhook
		"Where the JSON is posted.":                                   "JSON 发到哪里。",
		"The key of the signature in the header X-Hongyan-Signature.": "签名的密钥，签名在请求头 X-Hongyan-Signature 里。",

		// welcome/welcome
		"The greeting, with {{.Mentions}}, {{.Names}}, " +
			"{{.Count}}, {{.Inviter}}, {{.GroupName}}.": "欢迎词，可以用 {{.Mentions}}、{{.Names}}、{{.Count}}、{{.Inviter}}、{{.GroupName}}。",
		"A picture that follows the text: a file of this machine.":             "文字后面的图片：本机的文件。",
		"A link that follows the text.":                                        "文字后面的链接。",
		"Begin the text with a mention, unless it has {{.Mentions}}.":          "欢迎词开头 @ 新人，除非里面已有 {{.Mentions}}。",
		"How long it waits before it greets, drawn at random.":                 "等多久再欢迎，随机取。",
		"Who joins within this time after another shares the greeting.":        "前后多久之内进群的，合成一条欢迎。",
		"How many are named; the others are counted.":                          "列出几个名字；其余的只报人数。",
		"From how many at once nobody is greeted, and notify is told instead.": "一下子进来多少人就不欢迎，改为告诉 notify。",
		"How long who comes again is not greeted again in the group.":          "同一个人多久之内再进群不重复欢迎。",
		"Tells who has left a group. Nobody is told without it.":               "告诉谁退了群。不写就不告诉。",
		"Its title.":                  "标题。",
		"A line below the title.":     "标题下面的一行。",
		"Where it leads.":             "指向哪里。",
		"The address of its picture.": "小图的地址。",
		"Who is told.":                "告诉谁。",
		"The notice.":                 "通知怎么写。",
		"How often the lists of members are compared.":          "多久对比一次成员名单。",
		"Greets new members of groups, and tells who has left.": "欢迎新进群的人，告诉你谁退了群。",

		// wordfilter/wordfilter
		"Words that must not go out, or files (.txt) with a word in each line.": "不能发出去的词，或一行一个词的文件（.txt）。",
		"What happens to the message.":                                          "消息怎么办。",
		"What stands for a word, with replace.":                                 "用 replace 时拿什么代替这个词。",
		"Keeps the bot from saying words, whatever plugin sends them.":          "不管哪个插件发，都不让机器人说出某些词。",
	}
}
