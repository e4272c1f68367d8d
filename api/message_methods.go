package api

import "context"

// PostText sends the message; see type PostText.
func (s *MessageService) PostText(ctx context.Context, m PostText) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// PostFile sends the message; see type PostFile.
func (s *MessageService) PostFile(ctx context.Context, m PostFile) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// PostImage sends the message; see type PostImage.
func (s *MessageService) PostImage(ctx context.Context, m PostImage) (*SentImage, error) {
	return sendAs[SentImage](ctx, s.client, m)
}

// PostVoice sends the message; see type PostVoice.
func (s *MessageService) PostVoice(ctx context.Context, m PostVoice) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// PostVideo sends the message; see type PostVideo.
func (s *MessageService) PostVideo(ctx context.Context, m PostVideo) (*SentVideo, error) {
	return sendAs[SentVideo](ctx, s.client, m)
}

// PostLink sends the message; see type PostLink.
func (s *MessageService) PostLink(ctx context.Context, m PostLink) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// PostNameCard sends the message; see type PostNameCard.
func (s *MessageService) PostNameCard(ctx context.Context, m PostNameCard) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// PostLocation sends the message; see type PostLocation.
func (s *MessageService) PostLocation(ctx context.Context, m PostLocation) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// PostEmoji sends the message; see type PostEmoji.
func (s *MessageService) PostEmoji(ctx context.Context, m PostEmoji) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// PostAppMsg sends the message; see type PostAppMsg.
func (s *MessageService) PostAppMsg(ctx context.Context, m PostAppMsg) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// PostMiniApp sends the message; see type PostMiniApp.
func (s *MessageService) PostMiniApp(ctx context.Context, m PostMiniApp) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// SendFinderMsg sends the message; see type SendFinderMsg.
func (s *MessageService) SendFinderMsg(ctx context.Context, m SendFinderMsg) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// ForwardFile sends the message; see type ForwardFile.
func (s *MessageService) ForwardFile(ctx context.Context, m ForwardFile) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// ForwardImage sends the message; see type ForwardImage.
func (s *MessageService) ForwardImage(ctx context.Context, m ForwardImage) (*SentImage, error) {
	return sendAs[SentImage](ctx, s.client, m)
}

// ForwardVideo sends the message; see type ForwardVideo.
func (s *MessageService) ForwardVideo(ctx context.Context, m ForwardVideo) (*SentVideo, error) {
	return sendAs[SentVideo](ctx, s.client, m)
}

// ForwardURL sends the message; see type ForwardURL.
func (s *MessageService) ForwardURL(ctx context.Context, m ForwardURL) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}

// ForwardMiniApp sends the message; see type ForwardMiniApp.
func (s *MessageService) ForwardMiniApp(ctx context.Context, m ForwardMiniApp) (*SentMessage, error) {
	return sendAs[SentMessage](ctx, s.client, m)
}
