package pages

import "github.com/hongyan-go/hongyan/internal/lang"

func worldTexts() lang.Table {
	return lang.Table{
		"world.edit":       {ZH: "编辑“%s”", EN: "Edit “%s”"},
		"world.change":     {ZH: "编辑", EN: "Edit"},
		"world.gone":       {ZH: "这里没有 %q。", EN: "There is no %q here."},
		"world.back":       {ZH: "← 世界", EN: "← World"},
		"world.remark":     {ZH: "备注（账号这样叫这个人）", EN: "Remark (what the accounts call them)"},
		"world.alias":      {ZH: "微信号", EN: "Alias"},
		"world.signature":  {ZH: "签名", EN: "Signature"},
		"world.sex":        {ZH: "性别", EN: "Sex"},
		"world.sex.0":      {ZH: "未知", EN: "unknown"},
		"world.sex.1":      {ZH: "男", EN: "male"},
		"world.sex.2":      {ZH: "女", EN: "female"},
		"world.display":    {ZH: "群昵称", EN: "Name in the group"},
		"world.rolename":   {ZH: "身份", EN: "Role"},
		"world.member":     {ZH: "成员", EN: "member"},
		"world.out":        {ZH: "移出", EN: "take out"},
		"world.addmembers": {ZH: "加入成员（可多选）", EN: "Add members (several are possible)"},
		"world.isonline":   {ZH: "在线", EN: "online"},
		"world.friends":    {ZH: "好友", EN: "Friends"},
		"world.save":       {ZH: "保存", EN: "Save"},
		"world.remove":     {ZH: "删除", EN: "Remove"},
		"world.addaccount": {ZH: "添加账号", EN: "Add an account"},
		"world.appid":      {ZH: "设备 id", EN: "Device id"},
		"world.file":       {ZH: "世界文件", EN: "The world as a file"},
		"world.file.help": {
			ZH: "载入会替换所有账号、人和群，不发通知和回调；还在的账号和群保留它们的消息。机器人记得的名单可能因此过时。",
			EN: "To load it replaces all accounts, people and groups, without notices and callbacks; " +
				"accounts and groups that remain keep their messages. A bot may remember lists from before.",
		},
		"world.file.choose": {ZH: "文件（YAML 或 JSON）", EN: "File (YAML or JSON)"},
		"world.file.text":   {ZH: "或直接修改", EN: "Or edit it here"},
		"world.file.load":   {ZH: "载入", EN: "Load"},
		"world.file.save":   {ZH: "下载 %s", EN: "Download %s"},
		"world.reset":       {ZH: "恢复启动时的世界", EN: "Back to the world of the start"},
	}
}
