package pages

import "github.com/hongyan-go/hongyan/internal/lang"

func replayTexts() lang.Table {
	return lang.Table{
		"chat.tools":    {ZH: "工具", EN: "Tools"},
		"chat.replay":   {ZH: "回放录像", EN: "Replay a recording"},
		"replay.title":  {ZH: "在“%s”中回放录像", EN: "Replay a recording into “%s”"},
		"replay.choose": {ZH: "选择录像", EN: "Choose a recording"},
		"replay.help": {
			ZH: "hongyan record 写下的 .jsonl 文件，或服务推送的原始回调。消息按原来的顺序作为新消息再来一遍，机器人照常应对。录像里的账号由这里的账号扮演，缺少的人和群会自动补上。",
			EN: "Files .jsonl of hongyan record, or bodies as the service posts them. The messages come again in their order, " +
				"as new ones, and the bot reacts. " +
				"The accounts of the recording are played by those here; people and groups that are missing are added.",
		},
		"replay.file":     {ZH: "文件（可多选，也可拖到这里）", EN: "Files (several are possible; or drop them here)"},
		"replay.where":    {ZH: "放到哪里", EN: "Where to"},
		"replay.here":     {ZH: "全部放进“%s”", EN: "All into “%s”"},
		"replay.own":      {ZH: "各回各的聊天，id 和录像中一样", EN: "Each into its own chat, with the ids of the recording"},
		"replay.gaps":     {ZH: "消息之间的时间", EN: "The times between the messages"},
		"replay.skip":     {ZH: "跳过：上一条处理完就放下一条", EN: "Left out: each comes when the one before is handled"},
		"replay.jump":     {ZH: "拨快时钟：每次拨快当时的间隔", EN: "The clock is set ahead by each of them"},
		"replay.wait":     {ZH: "照原来的间隔等待", EN: "Waited for, as long as it was"},
		"replay.start":    {ZH: "开始回放", EN: "Replay"},
		"replay.stop":     {ZH: "停止", EN: "Stop"},
		"replay.state":    {ZH: "进度", EN: "Progress"},
		"replay.none":     {ZH: "还没有回放过。", EN: "Nothing was replayed yet."},
		"replay.nofile":   {ZH: "请选择至少一个有内容的文件。", EN: "Choose at least one file that is not empty."},
		"replay.running":  {ZH: "回放中", EN: "at work"},
		"replay.done":     {ZH: "已放完", EN: "done"},
		"replay.ended":    {ZH: "提前结束：%s", EN: "ended early: %s"},
		"replay.played":   {ZH: "%d / %d 条消息", EN: "%d of %d messages"},
		"replay.repeated": {ZH: "%d 条回调重复投递", EN: "%d callbacks came twice", One: "%d callback came twice"},
		"replay.chats":    {ZH: "看聊天：", EN: "See the chats:"},
		"replay.left":     {ZH: "略过 %d 行", EN: "%d lines were left out", One: "%d line was left out"},
		"replay.line":     {ZH: "第 %d 行：", EN: "Line %d:"},
	}
}
