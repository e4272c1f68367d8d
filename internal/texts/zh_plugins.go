package texts

import "github.com/hongyan-go/hongyan/internal/lang"

// pluginsTexts are the keys of the plugins from alerts to guard.
func pluginsTexts() lang.Phrases {
	return lang.Phrases{ //nolint:gosec // texts about secrets
		// alerts/alerts
		"The address at which it listens.":                               "监听的地址。",
		"Several senders by name, each with a token of its own.":         "多个告警来源，按名字分开，各有各的令牌。",
		"How alerts are put together.":                                   "告警怎样合并。",
		"When there is a summary in place of the alerts.":                "什么时候只发汇总，不逐条发告警。",
		"Whether it also tells what is resolved.":                        "恢复时要不要也通知。",
		"When alerts of a level wait for the end, and come as one then.": "各级别的静默时段：告警先攒着，时段结束合成一条发。",
		"For critical alerts, such as 23:00-07:00.":                      "严重告警的，例如 23:00-07:00。",
		"For warnings.": "警告的。",
		"For the rest.": "其余的。",
		"How many characters the text of an alert has at most; more is cut off.":            "一条告警的文字最多多少字，超出的截掉。",
		"How many requests the sender may make in a time, such as 60/1m.":                   "这个来源一段时间里最多请求几次，例如 60/1m。",
		"What makes a message: labels of an alert, such as cluster, or all for one of all.": "按哪些标签合成一条消息，例如 cluster；写 all 就全部合成一条。",
		"the whole day is quiet: these alerts would never come; leave some of it":           "全天静默，这些告警就永远发不出来：请留出一段时间",
		"The secret of the sender, of eight characters or " +
			"more; keep it in the environment.": "告警来源用的令牌，至少 8 个字符；放在环境变量里。",
		"What the sender sends.":                                           "来源发来的格式。",
		"The only chats to which the token can send.":                      "这个令牌只能发到哪些会话。",
		"The message, with the fields of the JSON: {{.repo}} {{.status}}.": "消息的写法，可以用 JSON 里的字段：{{.repo}} {{.status}}。",
		"Who gets what no other list is for: chats, people, or owners.":    "没有归到其他名单的告警发给谁：会话、人，或 owners。",
		"Who gets critical alerts, also in the quiet hours.":               "严重告警发给谁，静默时段也发。",
		"Who gets warnings.":                                               "警告发给谁。",
		"Who gets the rest.":                                               "其余的发给谁。",
		"How long the first alert waits for others.":                       "第一条告警等多久，好和后面的合并。",
		"How long the same alert is not sent again.":                       "同一个告警多久之内不重复发。",
		"With more alerts than this in the time of in, " +
			"a message has only their counts.": "在 in 的时间里超过这么多条，就只发各种告警的数量。",
		"The time in which they are counted.": "统计的时间。",
		"Takes alerts by HTTP, and sends them to " +
			"chats: grouped, and without storms.": "通过 HTTP 接收告警，发到会话里：会合并，不刷屏。",

		// antirevoke/antirevoke
		"Who is shown what was revoked: people, or owners.": "撤回的内容给谁看：人，或 owners。",
		"What is kept: text, image, file, voice, " +
			"video; without it the first three.": "留存哪些消息：text、image、file、voice、video；不写就是前三种。",
		"Larger files are not kept.":                                   "比这更大的文件不留存。",
		"For how long messages are kept.":                              "消息留存多久。",
		"A revoke that soon is a correction, and is not shown.":        "发出后这么快就撤回的当作改错字，不展示。",
		"Shows the people in charge what was revoked in listed chats.": "在指定的会话里，把撤回的内容给负责人看。",

		// archive/config
		"The directory of the archive; relative to the data directory.": "归档目录；相对于数据目录。",
		"Where a file is in dir.": "文件在 dir 里怎么放。",
		"What groups are told when the plugin is switched on and off there. {{Days}} stands for keep.":  "在群里开启、停止归档时告诉大家什么；{{Days}} 是保留的天数。",
		"What is kept: file, image, voice, video, and text in the index; all but text if it is absent.": "归档什么：file、image、voice、video，还有只记进索引的 text；不写就是除 text 外的全部。",
		"What the plugin says in a group when it begins to keep what is sent there.":                    "开始归档一个群时，在群里说什么。",
		"What it says there when it was switched off, or the group is not in the file any more.":        "在那里关掉，或者从文件里去掉以后，在群里说什么。",
		"Larger files are not kept, only listed in the index.":                                          "比这更大的文件不下载，只记进索引。",
		"For how long a download is tried again.":                                                       "下载失败后继续重试多久。",
		"After how long a file is deleted.":                                                             "文件保留多久后删除。",
		"The most bytes of the archive; nothing is kept above.":                                         "归档最多占多少字节；到了就不再保存。",
		"The bucket where the files go; dir has the index only.":                                        "文件存到哪个存储桶；dir 里只留索引。",
		"Keeps files, pictures, voices and videos on " +
			"a disk or in S3, with an index.": "把文件、图片、语音和视频存到磁盘或 S3，并建索引。",

		// archive/s3
		"The name of the bucket, which exists.":                      "存储桶的名字，要已经建好。",
		"The URL of the storage, without the bucket.":                "存储的网址，不含桶名。",
		"The region of the bucket; many storages take any.":          "存储桶的地域；很多存储随便写都行。",
		"The access key; keep it in the environment: ${S3_KEY}.":     "访问密钥；放在环境变量里：${S3_KEY}。",
		"The secret key; keep it in the environment: ${S3_SECRET}.":  "私有密钥；放在环境变量里：${S3_SECRET}。",
		"What the names of the objects begin with, such as wechat/.": "对象名的前缀，例如 wechat/。",
		"Whether requests go to BUCKET.HOST, as some storages want.": "请求是否发到 桶名.主机，有些存储要这样。",

		// asr/asr
		"The address of the engine, up to the " +
			"version: http://127.0.0.1:9000/v1.": "识别服务的地址，写到版本号为止：http://127.0.0.1:9000/v1。",
		"The key for it; empty for an engine of your own that needs none.": "它的密钥；自己的服务不需要就留空。",
		"The model.": "模型。",
		"The language, such as zh; the engine finds out without it.": "语言，例如 zh；不写就由服务自己判断。",
		"Longer voices are left alone.":                              "比这更长的语音不处理。",
		"How long the engine may take.":                              "识别最多等多久。",
		"What is done in private chats.":                             "私聊里怎么处理。",
		"What is done in groups.":                                    "群里怎么处理。",
		"How many voices of a person it listens to.":                 "每个人最多听多少条语音。",
		"The answer if the words are not understood.":                "听不懂时怎么回。",
		"Voices go through the rules as texts, or " +
			"are answered with their words.": "把语音识别成文字，照常走规则，或直接用文字回复。",

		// blocked/blocked
		"Who is blocked: wxids or unique names.":                                "屏蔽谁：wxid 或唯一的名字。",
		"Whether the people in charge may block others by commands in private.": "负责人能不能在私聊里用命令屏蔽别人。",
		"Keeps people and other bots from all that the bot does.":               "把某些人和其他机器人挡在外面，机器人一概不理。",

		// broadcast/broadcast
		"Who may send: people, or owners.":                            "谁可以群发：人，或 owners。",
		"The lists of recipients, by the name that the command uses.": "收件人名单，键是命令里用的名字。",
		"The time between two recipients.":                            "两个收件人之间隔多久。",
		"A longer rest after some recipients.":                        "发完若干个之后多歇一会儿。",
		"The hours in which it sends; it goes on the next day.":       "在哪些时间段发；没发完的第二天接着发。",
		"How long a recipient does not get the same text again.":      "同一个收件人多久之内不会再收到相同的内容。",
		"Whether it shows the list, and waits for 确认.":                "要不要先列出名单，等回“确认”再发。",
		"Who gets the report: chats, people, or owners.":              "结果报告给谁：会话、人，或 owners。",
		"Groups and friends by id or unique name.":                    "群和好友，写 id 或唯一的名字。",
		"The friends with this label.":                                "有这个标签的好友。",
		"The groups whose name this regular expression matches.":      "名字符合这个正则表达式的群。",
		"Chats that are left out.":                                    "不发给哪些会话。",
		"How many recipients before a rest.":                          "发多少个之后歇一次。",
		"How long the rest is.":                                       "每次歇多久。",
		"Sends a notice to many of your own groups, " +
			"slowly, with a preview and a report.": "把通知慢慢发到自己的许多群里，先预览，后报告。",

		// channels/channels
		"Answers to private letters.": "自动回复私信。",
		"Comments on the videos of the account. " +
			"Nobody is told of them without it.": "账号视频下的评论；不写就不通知。",
		"What happens to cards of Channels in the chats of in.":           "in 里的会话出现视频号卡片时怎么办。",
		"Words, one of which the text must have; all answers every text.": "文字里要有其中一个词；all 是什么都回。",
		"The answer, with {{.Name}} and {{.Time}}.":                       "回复，可以用 {{.Name}} 和 {{.Time}}。",
		"How long the same person gets no second answer.":                 "同一个人多久之内不回第二次。",
		"How long it waits before it answers, drawn at random.":           "等多久再回，随机取。",
		"When it answers; always if it is absent.":                        "什么时间回；不写就是一直回。",
		"How many answers there are at most.":                             "最多回多少次。",
		"Who gets the summary; notify of the plugin if it is absent.":     "汇总发给谁；不写就用插件的 notify。",
		"How often comments are read, and told in one summary.":           "多久看一次评论，合成一条汇总。",
		"The names of the channels whose cards " +
			"count; all of them if it is absent.": "算哪些视频号的卡片；不写就是全部。",
		"Words, one of which the text of the card must " +
			"have; any text if it is absent.": "卡片的文字里要有其中一个词；不写就是都算。",
		"Chats that the card is sent on to, once in 24 hours.": "卡片转发到哪些会话，24 小时内一次。",
		"What is answered in the chat, with " +
			"{{.Name}}, {{.Time}} and {{.Channel}}.": "在会话里怎么回，可以用 {{.Name}}、{{.Time}} 和 {{.Channel}}。",
		"How long it waits, drawn at random: who revokes meanwhile stops it.": "等多久，随机取：这期间撤回了就不发。",
		"Tells of private letters and comments of 视频号, " +
			"answers them, and sends cards on.": "视频号的私信和评论会告诉你，可以自动回，卡片可以转发。",

		// collect/collect
		"What is collected: article, link, mini_program, " +
			"finder; all of them if it is absent.": "收集什么：article、link、mini_program、finder；不写就是全部。",
		"Hosts whose links are not collected, with those below them.":          "不收集哪些网站的链接，子域名也算。",
		"For how long the same link is one row, with a count of its mentions.": "多久之内同一个链接只占一行，记被提到的次数。",
		"The file of the table; relative to the data directory.":               "表格文件；相对于数据目录。",
		"A file with a line of JSON for each mention.":                         "每提到一次写一行 JSON 的文件。",
		"A system that gets each mention.":                                     "每次提到都推给这个系统。",
		"Collects links, articles, mini programs " +
			"and cards of Channels in a table.": "把链接、文章、小程序和视频号卡片收进表格。",

		// crm/crm
		"What happens to a new friend.":                             "新加的好友怎么办。",
		"Labels by what a customer writes.":                         "按客户写的内容打标签。",
		"What happens if a customer does not answer for some time.": "客户一段时间没有回音怎么办。",
		"Labels of people to whom no plugin sends " +
			"anything that is not an answer.": "有这些标签的人，任何插件都不主动给他发消息。",
		"How many follow-ups go to customers at most.":                         "最多给客户发多少条跟进。",
		"The file of the table of customers; relative to the data directory.":  "客户表的文件；相对于数据目录。",
		"Whether notify is told who has deleted or blocked the account.":       "谁删除或拉黑了账号，要不要告诉 notify。",
		"How often the labels that were set on the phone are read, for never.": "多久读一次手机上打的标签；off 是不读。",
		"How long a customer is remembered who does not write.":                "不说话的客户记多久。",
		"What they are told, a message each.":                                  "跟他说什么，一项一条消息。",
		"The labels that they get; they are made if there are none.":           "打什么标签；没有的标签会新建。",
		"The remark that they get, unless they have one, " +
			"with {{.Name}}, {{.Date}}, {{.Source}}.": "没有备注时加的备注，可以用 {{.Name}}、{{.Date}}、{{.Source}}。",
		"How long it waits, drawn at random.":  "等多久，随机取。",
		"The label.":                           "标签。",
		"Words, one of which the message has.": "消息里要有其中一个词。",
		"The label with which it begins; it is for new friends if it is absent.": "从打上哪个标签开始算；不写就是新好友。",
		"When, from the beginning: 48h, or a list such as [1d, 3d, 7d].":         "从开始算起什么时候：48h，或一个列表，如 [1d, 3d, 7d]。",
		"It ends when the customer writes.":                                      "客户一说话就结束。",
		"What notify is told.":                                                   "告诉 notify 什么。",
		"Who is told; notify of the plugin if it is absent.":                     "告诉谁；不写就用插件的 notify。",
		"What the customer is sent.":                                             "发给客户什么。",
		"How many of these a customer gets at most who does not answer.":         "客户一直不回，最多发多少条。",
		"Greets and labels customers, follows up " +
			"without an answer, and keeps a table.": "迎接客户、打标签，没有回音就跟进，并维护一张客户表。",

		// days
		"The days: all, workdays, weekends, holidays, or " +
			"days of the week such as mon or 周一.": "哪些日子：all、workdays、weekends、holidays，或星期几，如 mon、周一。",
		"Days without work, such as 2026-10-01, or " +
			"2026-10-01..2026-10-07. They are no workdays.": "不上班的日子，如 2026-10-01，或 2026-10-01..2026-10-07。不算工作日。",
		"Days at a weekend that are workdays, written like holidays.": "周末要上班的日子，写法和 holidays 一样。",

		// digest/digest
		"The times of the day, such as 22:00.":                                   "一天里的几点，如 22:00。",
		"The time zone, such as Asia/Shanghai; that of the bot if it is absent.": "时区，如 Asia/Shanghai；不写就用机器人的。",
		"What it sums up: since_last, or a time such as 24h.":                    "总结哪一段：since_last，或一段时间，如 24h。",
		"With fewer messages there is no digest.":                                "消息少于这个数就不总结。",
		"How many messages, the latest, the model reads.":                        "模型读最近的多少条消息。",
		"How many of those who wrote most it names.":                             "说得最多的人，列几个。",
		"A language model that writes the digest; without, it counts.":           "写总结的大模型；不写就只统计。",
		"Who gets it: same is the group itself; chats, people, or owners.":       "发给谁：same 是本群；也可以是会话、人，或 owners。",
		"A command that makes a digest at once.":                                 "随时要一份总结的命令。",
		"How late it may come after the bot was down, once.":                     "机器人停过之后，最晚补到什么时候，只补一次。",
		"The command, such as /总结; it takes a time, such as 3小时 or 9:00-12:00.":  "命令，如 /总结；可以带时间：/总结 3小时，或 /总结 9:00-12:00。",
		"Who may use it: wxids, unique names, admins, owners, or all.":           "谁可以用：wxid、唯一的名字、admins、owners 或 all。",
		"The time between two in a group.":                                       "同一个群两次之间隔多久。",
		"A command that tells a person what they missed " +
			"since they last wrote, such as /我错过了什么.": "告诉一个人他上次发言后错过了什么的命令，如 /我错过了什么。",
		"Sums up what was said in a group, every day or when somebody asks.": "总结群里说了什么，每天一次，或有人要时。",

		// digest/model
		"What the model is to do.": "要模型做什么。",

		// forward/config
		"The chats that get the messages.":                               "发到哪些会话。",
		"What is sent on: file, image, video, text, link, finder …":      "转发什么：file、image、video、text、link、finder……",
		"The extensions of files that are sent on; any if it is absent.": "转发哪些扩展名的文件；不写就是都转。",
		"The sizes of files that are sent on, such as " +
			"10KB-50MB; any if it is absent.": "转发多大的文件，如 10KB-50MB；不写就是都转。",
		"A regular expression that the name of the file or the text must match.": "文件名或文字要符合的正则表达式。",
		"A regular expression that neither may match.":                           "文件名和文字都不能符合的正则表达式。",
		"The text before it, or off.":                                            "前面附的一句话；off 是不附。",
		"How long a message waits, so that its sender can revoke it.":            "消息等多久再转，好让发的人来得及撤回。",
		"The time between two targets.":                                          "两个目标之间隔多久。",
		"What happens to a file that a target had before, by its MD5.":           "目标已经收到过的文件（按 MD5）怎么办。",
		"The files about which a person is asked first.":                         "哪些文件要先问人。",
		"For how long a file is remembered; off sends it again.":                 "同一个文件记多久；off 是照样再发。",
		"Send nothing, or a line that names the file.":                           "什么也不发，或发一行写明是哪个文件。",
		"The line.": "这一行怎么写。",
		"A regular expression for the names of the files, such as 身份证|工资|合同.": "文件名的正则表达式，如 身份证|工资|合同。",
		"Who is asked: the first of these people.":                            "问谁：这些人里的第一个。",
		"How long the answer may take; then the file is not sent on.":         "最多等多久；到时没有答复就不转。",
		"Sends files and other messages on from groups to groups.":            "把文件和其他消息从一些群转到另一些群。",

		// friends/friends
		"Several passwords, each with what follows.":                           "几个暗号，各有各的安排。",
		"How long it waits before it accepts, drawn at random.":                "等多久再通过，随机取。",
		"How many requests are accepted at most. They cannot be switched off.": "最多通过多少个。这个限制关不掉。",
		"From how many members on a group is full: the next one is taken.":     "群到多少人算满：满了换下一个。",
		"What somebody is told who is in one of the groups already.":           "已经在其中一个群里的人，怎么跟他说。",
		"What about other requests.":                                           "其他的申请怎么办。",
		"Invitations of the account to groups.":                                "别人邀请账号进群怎么办。",
		"Words, one of which the request must have. None accepts nobody.":      "申请里要有其中一个词。不写就谁也不通过。",
		"The last day on which the password is good.":                          "暗号有效的最后一天。",
		"What the new friend is told, a message each: " +
			"{{.Name}} and {{.Date}} are known.": "跟新好友说什么，一项一条消息：可以用 {{.Name}} 和 {{.Date}}。",
		"Groups, by id or name; the first that is not full is taken.":         "群，写 id 或群名；进第一个没满的。",
		"The remark that the friend gets: {{.Name}} and {{.Date}} are known.": "给好友加的备注：可以用 {{.Name}} 和 {{.Date}}。",
		"The label that the friend gets; it is made if there is none.":        "给好友打的标签；没有就新建。",
		"In ten minutes, from 1 to 3.":                                        "十分钟内，1 到 3。",
		"In 24 hours, from 1 to 30.":                                          "24 小时内，1 到 30。",
		"Whose invitations are accepted: wxids, unique " +
			"names, owners. None if it is absent.": "接受谁的邀请：wxid、唯一的名字、owners。不写就都不接受。",
		"Accepts friend requests by a password, greets, and invites to a group.": "对上暗号才通过好友申请，打招呼，并邀请进群。",

		// guard/guard
		"Words that must not be said, or files (.txt) with a word in each line.": "不能说的词，或一行一个词的文件（.txt）。",
		"Regular expressions that must not match.":                               "不能匹配上的正则表达式。",
		"Links are not allowed, except to some hosts.":                           "不许发链接，某些网站除外。",
		"Pictures and stickers with a QR code are not allowed.":                  "不许发带二维码的图片和表情。",
		"Words, patterns and links are not allowed in nicknames either.":         "昵称里也不许有这些词、表达式和链接。",
		"Cards of people and official accounts are not allowed.":                 "不许发个人和公众号的名片。",
		"Mini programs are not allowed.":                                         "不许发小程序。",
		"How many characters a text has at most.":                                "一条文字最多多少个字。",
		"How many messages a person may write in a time.":                        "一个人在一段时间里最多发多少条。",
		"How often a person may say the same in a time.":                         "一个人在一段时间里同样的话最多说几次。",
		"What new members must not do, too.":                                     "新成员还不许做什么。",
		"Who may do all that: wxids, names, admins, owners.":                     "谁不受限制：wxid、名字、admins、owners。",
		"When the last step of then comes.":                                      "then 的最后一步什么时候执行。",
		"The steps: warn, notify, remove. Without it warn and notify.":           "依次怎么处理：warn、notify、remove。不写就是 warn 和 notify。",
		"The warning.": "警告怎么说。",
		"How many are removed from a group in 24 hours at most.":     "24 小时里一个群最多移出多少人。",
		"How long a removal waits: who revokes meanwhile is warned.": "移出前等多久：这期间撤回的只警告。",
		"Hosts, with all below them.":                                "网站，子域名也算。",
		"How many messages are allowed; off if it is absent.":        "允许多少条；不写就不限制。",
		"In this time.": "在这段时间里。",
		"How often the same is allowed; off if it is absent.":                 "同样的话允许几次；不写就不限制。",
		"How long a member is new; off if it is absent.":                      "进群多久之内算新成员；不写就不区分。",
		"Whether they may send links, to hosts that are allowed.":             "能不能发（允许的网站的）链接。",
		"Whether they may send cards and mini programs.":                      "能不能发名片和小程序。",
		"From this strike on.":                                                "从第几次违规起。",
		"How long a strike counts.":                                           "一次违规记多久。",
		"Keeps advertising out of groups: warns, tells, and removes members.": "把广告挡在群外：警告、通知、移出。",
	}
}
