package console

import "github.com/hongyan-go/hongyan/internal/lang"

// chatTexts are the texts of the chats.
func chatTexts() lang.Table {
	return lang.Table{
		"chats.all":     {ZH: "全部", EN: "All"},
		"chats.groups":  {ZH: "群", EN: "Groups"},
		"chats.people":  {ZH: "私聊", EN: "People"},
		"chats.trouble": {ZH: "有问题", EN: "In trouble"},
		"chats.paused":  {ZH: "已暂停", EN: "Paused"},
		"chats.search":  {ZH: "按名字或 id 搜索", EN: "Search by name or id"},
		"chats.none":    {ZH: "启动后还没有消息。", EN: "No messages since the start."},
		"chats.nomatch": {ZH: "没有符合的会话。", EN: "No chat fits."},
		"chat.last":     {ZH: "最近", EN: "Last"},
		"chat.heard":    {ZH: "收", EN: "in"},
		"chat.said":     {ZH: "发", EN: "out"},
		"chat.state":    {ZH: "状态", EN: "State"},
		"chat.paused":   {ZH: "已暂停", EN: "paused"},
		"chat.seen":     {ZH: "启动后的经过", EN: "Since the start"},
		"chat.bot":      {ZH: "机器人", EN: "bot"},
		"chat.none":     {ZH: "启动后这里还没有消息。", EN: "No messages here since the start."},
		"chat.charge":   {ZH: "谁负责", EN: "Who is in charge"},
		"chat.pause":    {ZH: "我来接手（暂停机器人）", EN: "I take over (pause the bot)"},
		"chat.resume":   {ZH: "交还给机器人", EN: "Hand back to the bot"},
		"chat.paused.help": {
			ZH: "机器人在这里不回应，别处发来的消息等待放行。",
			EN: "The bot does not answer here; what others send here waits for release.",
		},
		"chat.mute":   {ZH: "静音 30 分钟", EN: "Quiet for 30 minutes"},
		"chat.unmute": {ZH: "取消静音", EN: "End the quiet"},
		"chat.muted":  {ZH: "静音至", EN: "Quiet until"},
		"say.title":   {ZH: "手动发一句", EN: "Say something"},
		"say.help": {
			ZH: "和所有发送一样，经过发件箱，按节奏发出。",
			EN: "It passes the outbox like every send, and goes out at its turn.",
		},
		"say.do":         {ZH: "发送", EN: "Send"},
		"hears.yes":      {ZH: "机器人听这里", EN: "The bot listens here"},
		"hears.no":       {ZH: "机器人不听这里", EN: "The bot does not listen here"},
		"text.title":     {ZH: "内容", EN: "What it says"},
		"text.show":      {ZH: "显示内容", EN: "Show the text"},
		"text.noted":     {ZH: "会记入操作记录", EN: "this is noted in the audit log"},
		"text.hide":      {ZH: "隐藏内容", EN: "Hide the text"},
		"text.never":     {ZH: "这个控制台不显示消息内容。", EN: "This console does not show what was said."},
		"history.title":  {ZH: "历史记录", EN: "History"},
		"history.open":   {ZH: "历史记录", EN: "History of this chat"},
		"history.search": {ZH: "搜索消息内容（会记入操作记录）", EN: "Search what was said (this is noted)"},
		"history.off": {
			ZH: "没有打开历史记录：在配置文件里写 history: {keep: 30d}，从那时起的消息就会保存。",
			EN: "The history is off: write history: {keep: 30d} into the file, and what is said from then on is kept.",
		},
		"history.none":    {ZH: "这里还没有保存的消息。", EN: "No message is kept here yet."},
		"history.nomatch": {ZH: "没有找到。", EN: "Nothing was found."},
		"history.around":  {ZH: "前后文", EN: "What was said around it"},
		"history.newer":   {ZH: "更新的", EN: "Newer"},
		"history.end":     {ZH: "回到最新", EN: "To the end"},
		"history.revoked": {ZH: "已撤回", EN: "withdrawn"},
		"text.notkept": {
			ZH: "消息内容没有保存：配置文件里写 history: {keep: 30d} 就会保存。",
			EN: "What was said is not kept: history: {keep: 30d} in the file keeps it.",
		},
		"on.here":        {ZH: "在此打开", EN: "On here"},
		"off.here":       {ZH: "在此关闭", EN: "Off here"},
		"on.everywhere":  {ZH: "打开", EN: "Switch on"},
		"off.everywhere": {ZH: "全部关闭", EN: "Switch off everywhere"},
	}
}
