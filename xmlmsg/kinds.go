package xmlmsg

// Kinds returns all kinds of messages, in the order of their constants.
func Kinds() []Kind {
	return []Kind{
		KindText, KindImage, KindVoice, KindVideo, KindEmoji, KindLocation, KindCard, KindFriendRequest, KindVoIP,
		KindStatusSync, KindLink, KindGroupInvite, KindFile, KindFileNotice, KindChatRecord, KindNote, KindMiniProgram,
		KindQuote, KindTransfer, KindRedPacket, KindGroupCollect, KindRedPacketCover, KindFinderFeed, KindFinderLive,
		KindFinderCard, KindMusic, KindSolitaire, KindAnnouncement, KindPat, KindGift, KindLocationShare, KindAppImage,
		KindAppEmoji, KindApp, KindSystem, KindRevoke, KindTodo, KindTopMessage, KindJoinRequest, KindSysMsg, KindRaw,
	}
}
