package api

import "context"

// The sends whose answers say more than a SentMessage does. Send sends any message.

// PostImage is Send for this type, and returns all of the answer.
func (s *MessageService) PostImage(ctx context.Context, m PostImage) (*SentImage, error) {
	return sendAs[SentImage](ctx, s.client, m)
}

// PostVideo is Send for this type, and returns all of the answer.
func (s *MessageService) PostVideo(ctx context.Context, m PostVideo) (*SentVideo, error) {
	return sendAs[SentVideo](ctx, s.client, m)
}

// ForwardImage is Send for this type, and returns all of the answer.
func (s *MessageService) ForwardImage(ctx context.Context, m ForwardImage) (*SentImage, error) {
	return sendAs[SentImage](ctx, s.client, m)
}

// ForwardVideo is Send for this type, and returns all of the answer.
func (s *MessageService) ForwardVideo(ctx context.Context, m ForwardVideo) (*SentVideo, error) {
	return sendAs[SentVideo](ctx, s.client, m)
}
