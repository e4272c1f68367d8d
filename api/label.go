package api

import "context"

// LabelService is about the labels that the account's owner gives to friends.
type LabelService struct{ client *Client }

// Label of friends.
type Label struct {
	ID   ID     `json:"labelId"`
	Name string `json:"labelName"`
}

// Add makes a label. If there is one of the name, the answer is that one.
func (s *LabelService) Add(ctx context.Context, appID, name string) (*Label, error) {
	return ask[Label](ctx, s.client, "/label/add", send, params{"appId": appID, "labelName": name}, field{"appId", appID}, field{"labelName", name})
}

// Delete deletes labels.
func (s *LabelService) Delete(ctx context.Context, appID string, ids ...ID) error {
	labels := field{"labelIds", IDList(ids).join()}
	return s.client.do(ctx, "/label/delete", send, params{"appId": appID, "labelIds": IDList(ids)}, field{"appId", appID}, labels)
}

// List lists all labels.
func (s *LabelService) List(ctx context.Context, appID string) ([]Label, error) {
	answer, err := ask[struct {
		Labels []Label `json:"labelList"`
	}](ctx, s.client, "/label/list", query, params{"appId": appID}, field{"appId", appID})
	if err != nil {
		return nil, err
	}
	return answer.Labels, nil
}

// ModifyMemberListRequest gives labels to friends.
type ModifyMemberListRequest struct {
	AppID string `json:"appId"`
	// Labels are all labels that the friends have afterwards; none takes all away. To add one, read the others first: they are in
	// ContactInfo.LabelList of GetDetailInfo.
	Labels IDList   `json:"labelIds"`
	Wxids  []string `json:"wxIds"`
}

// ModifyMemberList replaces the labels of friends.
func (s *LabelService) ModifyMemberList(ctx context.Context, r ModifyMemberListRequest) error {
	return s.client.do(ctx, "/label/modifyMemberList", send, r, field{"appId", r.AppID}, list("wxIds", r.Wxids))
}
