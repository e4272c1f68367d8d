package texts

import "github.com/hongyan-go/hongyan/internal/lang"

// logPartsTexts are the lines of the log by the parts of a bot: outbox, stores and others.
func logPartsTexts() lang.Phrases {
	return lang.Phrases{ //nolint:gosec // texts about secrets
		// log
		"a reply of a webhook was not sent":        "webhook 的回答没有发出去",
		"the use of a tool cannot be written down": "工具的使用没能记下来",
		"the gateway has stopped":                  "网关停了",
		"gateway":                                  "网关",
		"gateway request refused":                  "网关拒绝了请求",
		"a webhook answers again":                  "webhook 又有回应了",
		"a webhook does not take its events; they wait for it, " +
			"and are posted in order when it does": "webhook 不收事件；事件在等它，恢复后按先后投递",
		"an agent has used a tool":          "AI 代理用了工具",
		"a request of the gateway panicked": "网关的一个请求崩溃了",
		"what is said in the chats of the bot is kept: tell the people in " +
			"them; hongyan forget takes a person out again": "机器人会话里说的话会保存下来：请告诉里面的人；hongyan forget 可以删除一个人的记录",
		"a message of the phone is not in the history": "手机上发的一条消息没有进聊天记录",
		"a message that is sent is not in the history": "发出的一条消息没有进聊天记录",
		"a message was refused that was to be sent " +
			"later: hongyan outbox list shows it": "一条要稍后发的消息被拒绝了：用 hongyan outbox list 查看",
		"the outcome of a send could not be stored: " +
			"the ledger will call it unknown": "一次发送的结果没能存下：账本会记为结果不明",
		"the ledger cannot be searched for waiting sends, trying again": "账本里等待的发送查不了，稍后再试",
		"what an account has spent of its limits could not " +
			"be stored: a restart may forget it": "账号用掉的限额没能存下：重启后可能不记得",
		"a message may have been sent, or not: hongyan " +
			"outbox list shows it, and a person decides": "一条消息不知道发出去没有：用 hongyan outbox list 查看，由人决定",
		"a message waits for a person: hongyan outbox list shows " +
			"it, then hongyan outbox release or drop": "一条消息等人放行：用 hongyan outbox list 查看，再用 hongyan outbox release 或 drop",
		"a message was not sent in time":                         "一条消息没能按时发出",
		"sends wait: the store does not answer":                  "发送在等：存储没有回应",
		"a gate panicked: its send is held":                      "发送前的闸崩溃了：这次发送先扣下",
		"a gate does not return, although its context has ended": "发送前的闸一直不返回，它的上下文已经结束",
		"what watches the outbox panicked":                       "观察发送的函数崩溃了",
		"a form has ended: its handler failed":                   "表单结束了：处理函数失败",
		"a form cannot be read, and is left alone":               "表单读不出来，先放着",
		"a form has ended: this version of the program has no route " +
			"of its name. Routes that ask should be Named": "表单结束了：这一版程序没有同名的路由。会提问的路由应当 Named",
		"the text of a time-out was not sent":                               "超时的提示没有发出去",
		"a handler went on after its question, and failed":                  "处理函数在提问之后继续执行，失败了",
		"observer panicked":                                                 "观察者崩溃了",
		"observer failed":                                                   "观察者失败了",
		"nothing is stored or acknowledged any more":                        "不再存储，也不再应答",
		"cannot write the promise file: a later loss would not be detected": "承诺文件写不了：以后丢了数据会发现不了",
		"store housekeeping failed, retrying in a minute":                   "存储清理失败，一分钟后再试",
		"the store was not closed cleanly; it is too " +
			"large to be checked completely": "存储上次没有正常关闭；文件太大，没有全部检查",
		"the store was not closed cleanly; it was checked and is intact": "存储上次没有正常关闭；检查过，完好",
		"the lock file was deleted and has been created " +
			"again: it never needs to be deleted": "锁文件被删了，已重新建好：它从来不需要删",
		"the lock file was deleted and another process " +
			"has taken it: stop one of the two": "锁文件被删了，另一个进程占用了：请停掉其中一个",
		"the store is opened for maintenance in spite of an error": "存储有错误，为维护仍然打开",
		"checkpoint failed, trying again":                          "检查点失败，再试一次",
		"cannot flush the promise file":                            "承诺文件没能落盘",
		"the promise file cannot be read, so lost changes cannot be " +
			"detected; the store continues with what is there": "承诺文件读不了，丢了改动会发现不了；存储用现有的继续",
		"the file is not the one that was used last; it may be a " +
			"backup. It lacks what the other file stored since": "这不是上次用的文件，可能是备份。它没有另一个文件之后存下的东西",
		"this process could not leave the cluster, others take over later": "这个进程没能退出集群，别的进程稍后接手",
		"cannot remove old items, retrying later":                          "旧条目删不掉，稍后再试",
		"an item was deleted from the inbox by another client":             "收件箱里有一项被别的客户端删了",
		"reading the inbox was interrupted":                                "读收件箱被打断了",
		"a partition was taken over by another process":                    "一个分区被另一个进程接手了",
		"cannot store the progress of a partition":                         "分区的进度存不了",
		"upgrading a stream":                                               "正在升级一个流",
		"a member's record cannot be read":                                 "成员的记录读不出来",
		"a process is gone, taking over its partitions":                    "一个进程没了，正在接手它的分区",
		"cannot renew the membership or the partitions":                    "成员资格或分区没能续期",
		"this process was silent for too long, and " +
			"others took over its partitions": "这个进程太久没有动静，别的进程接手了它的分区",
		"lost the connection to NATS, reconnecting":                             "和 NATS 断开了，正在重连",
		"reconnected to NATS":                                                   "重新连上了 NATS",
		"NATS denies a permission that the store needs, see docs/en/scaling.md": "NATS 不给存储需要的权限，见 docs/zh/scaling.md",
		"cannot check whether the NATS servers sync each write: make sure that `jetstream { " +
			"sync_interval: always }` is set, or configure the monitoring URLs": "查不了 NATS 服务器是否每次写都落盘：" +
			"请确认设了 `jetstream { sync_interval: always }`，或配置监控地址",
		"cannot store a callback":                          "回调存不下",
		"callback refused":                                 "拒绝了一个回调",
		"console: an action failed":                        "控制台：操作失败",
		"console: action":                                  "控制台：操作",
		"console: what was done could not be written down": "控制台：做过的事没能记下来",
		"event handled":                                    "事件处理完了",
		"a sender is muted in this conversation: answers repeat, or follow each other at machine speed, as " +
			"between two bots. The mute ends at the time below or at a restart; to mute later or never, set " +
			"loop_guard.rounds or loop_guard: off (in Go: Config.LoopGuard)": "这个会话里有一个人被静音了：回答重复，或一问一答快得像两个机器人。" +
			"到下面的时间或重启后解除；" +
			"要晚点静音或不静音，设 loop_guard.rounds 或 loop_guard: off（Go 里是 Config.LoopGuard）",
		"a file of a muted sender is dropped: the sender has sent it before": "被静音的人又发来同一个文件，丢弃",
		"history: keep is negative: write a time such as 30d":                "history: keep 是负数：写一段时间，如 30d",
		"history: chats is empty, so nothing would be " +
			"kept: leave it out for all chats": "history: chats 是空的，什么也不会保存：要保存全部会话就去掉它",
		"event dropped":                          "事件丢弃了",
		"event without a route":                  "事件没有路由",
		"the page was not read to its end":       "页面没有读完",
		"the use of a token is not written down": "令牌的使用没有记下来",
		"the allow list is empty, so no message is handled: set " +
			"HONGYAN_ALLOW, allow: in the config file, or Config.Allow": "名单是空的，什么消息都不处理：请设 HONGYAN_ALLOW、配置文件里的 allow:，或 Config.Allow",
	}
}
