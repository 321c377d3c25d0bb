package dossier

import (
	"context"
	"fmt"

	"github.com/lianpian/lianpian/internal/account"
	"github.com/lianpian/lianpian/internal/policy"
	"github.com/lianpian/lianpian/internal/postgis"
	"github.com/lianpian/lianpian/internal/registry"
)

// File is all that is known of a community in one place (一小区一档).
type File struct {
	Community    registry.Community `json:"community" doc:"the facts, and the verdict with its clauses"`
	Policy       FilePolicy         `json:"policy"`
	Version      int                `json:"version" doc:"of the file: sources, checks, prior works and management"`
	UpdatedBy    string             `json:"updated_by"`
	Facts        []FileFact         `json:"facts" doc:"where each fact comes from"`
	PriorWorks   []PriorWork        `json:"prior_works" doc:"newest first"`
	Checks       []FileCheck        `json:"checks" doc:"the condition checklist: items of the catalogue, then of the management standard"`
	TakeOver     TakeOver           `json:"take_over" doc:"what the checks would make of the facts of what is missing"`
	Management   FileManagement     `json:"management"`
	Attachments  []Attachment       `json:"attachments" doc:"photographs and papers, newest first"`
	Survey       *FileSurvey        `json:"survey" doc:"the newest; null where nobody was asked"`
	Projects     []ProjectOf        `json:"projects" doc:"that the community is or was in; the live one first"`
	History      []FileEvent        `json:"history" doc:"newest first, at most 200"`
	Completeness Completeness       `json:"completeness"`
}

// FilePolicy names the plan that the file follows.
type FilePolicy struct {
	Key        string `json:"key"`
	Version    string `json:"version"`
	ShortTitle string `json:"short_title"`
	DocumentNo string `json:"document_no"`
}

// File reads the file of a community, or postgis.ErrNotFound.
func (s *Store) File(ctx context.Context, scope account.Scope, district, code string) (File, error) {
	h, err := find(ctx, s.db.Pool, scope, district, code)
	if err != nil {
		return File{}, err
	}
	choice, err := s.reg.Policy(ctx, district)
	if err != nil {
		return File{}, err
	}
	f := File{Policy: FilePolicy{choice.Policy.Key, choice.Policy.Version, choice.Policy.ShortTitle, choice.Policy.DocumentNo}}
	if f.Community, err = s.reg.Community(ctx, scope, district, code); err != nil {
		return File{}, err
	}
	for _, read := range []func(context.Context, *File, held, policy.Choice) error{
		s.readVersion, s.readFacts, s.readPriorWorks, s.readChecks, s.readManagement,
		s.readAttachments, s.readSurvey, s.readProjects, s.readHistory,
	} {
		if err := read(ctx, &f, h, choice); err != nil {
			return File{}, fmt.Errorf("read the file of community %s of %s: %w", code, district, err)
		}
	}
	weights, err := s.weigh(ctx, scope, district, code, choice.Policy)
	if err != nil {
		return File{}, err
	}
	if len(weights) == 0 { // it was deleted, or left the scope, since the first look
		return File{}, fmt.Errorf("community %s of %s: %w", code, district, postgis.ErrNotFound)
	}
	f.Completeness = weights[0].completeness(choice.Policy, needed(choice.Policy))
	return f, nil
}

func (s *Store) readVersion(ctx context.Context, f *File, h held, _ policy.Choice) error {
	return s.db.Pool.QueryRow(ctx, `
		select coalesce(max(version), 1), coalesce(max(by), '') from community_file where community_id = $1`, h.ID).
		Scan(&f.Version, &f.UpdatedBy)
}
