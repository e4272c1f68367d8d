package record

// phrases are the words of WeChat in notices, which say what happened. Longer ones come first.
func phrases() []string {
	return []string{
		"位置共享已经结束", "刚刚把你添加到通讯录", "现在可以开始聊天了", "开启了朋友验证",
		"撤回了一条消息", "群聊邀请确认", "分享的二维码", "已解散该群聊", "已解散了群聊",
		"已解散群聊", "被对方拒收了", "已成为新群主", "移出了群聊", "修改群名为", "加入了群聊",
		"你已添加了", "移出群聊", "加入群聊", "邀请你和", "通过扫描", "邀请你", "二维码",
		"已启用", "领取了", "未接收", "拍了拍", "你被", "邀请", "收到", "发出", "红包", "转账",
		"过期", "You were removed from the group chat", "joined the group chat via the QR Code",
		"joined the group chat via the QR code", "joined group chat via the QR code",
		"has enabled Friend Confirmation", "as your WeChat contact", "changed the group name to",
		"is now the new group owner", "became the new group owner", "are now the new group owner",
		"is the new group owner", "just added you to his/her contacts",
		"just added you to your contacts", "just added you to their contacts",
		"disbanded the group", "disbanded this group", "invited you and", "invited you",
		"to the group chat", "to a group chat", "from the group chat", "You have added",
		"opened your Red Packet", "opened your red packet", "Removed", "removed", "invited",
	}
}
