package wxid

// IsService reports whether an id is that of one of WeChat's own accounts, which every account has:
// the team, the plug-ins of the client, and the folders that the client lists as chats. They are
// not persons and must not be answered. It is false for the file transfer assistant, which is the
// account's own notebook.
func IsService(id string) bool {
	switch id {
	case "weixin", "weixinreminder", "notifymessage", "notification_messages", "userexperience_alarm", "wxitil", // the team
		"wxid_novlwrv3lqwv11", "gh_22b87fa7cb3c", // its voice reminder, and its reminders
		"fmessage", "tmessage", "qmessage", "qqmail", "qqsync", "qqfriend", "qqsafe", "exmail_tool", "medianote",
		"floatbottle", "lbsapp", "shakeapp",
		"newsapp", "newsapp_wechat", "readerapp", "blogapp", "blogappweixin", "weibo", "facebookapp", "linkedinplugin",
		"googlecontact", "masssendapp",
		"meishiapp", "feedsapp", "voip", "voipmsg", "voipapp", "voicevoipapp", "voiceinputapp", "pc_share",
		"cardpackage", "mphelper", "downloaderapp",
		"gamecenter", // the plug-ins
		"officialaccounts", "service_officialaccounts", "helper_entry", "brandsessionholder",
		"brandservicesessionholder", "opencustomerservicemsg",
		"appbrandcustomerservicemsg", "appbrand_notify_message", "chatroom_notify", "@placeholder_foldgroup": // the folders
		return true
	}
	return false
}
