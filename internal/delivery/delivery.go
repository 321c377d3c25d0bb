// Package delivery makes packages of area plans: what was ordered, made by a
// job, kept for a set time and handed out to those who may have it. A package is
// made from a snapshot of the plan alone, so that it can be made again. It must
// never compute a figure, and never hand out more than its reader may read.
package delivery

import (
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/lianpian/lianpian/internal/account"
)

// State is where a package stands.
type State string

// The states of a package.
const (
	Making    State = "making"
	Ready     State = "ready"
	Failed    State = "failed"
	Cancelled State = "cancelled"
	Expired   State = "expired" // its file is gone; it can be made again
)

// Package is what was ordered and what came of it.
type Package struct {
	ID          uuid.UUID    `json:"id"`
	District    string       `json:"district"`
	Scenario    string       `json:"scenario" doc:"code"`
	Title       string       `json:"title"`
	State       State        `json:"state" enum:"making,ready,failed,cancelled,expired"`
	Error       string       `json:"error" doc:"a sentence, where it failed"`
	Order       Order        `json:"order"`
	Zones       []string     `json:"zones" doc:"names of the zones when it was ordered"`
	Job         *uuid.UUID   `json:"job" nullable:"true" format:"uuid" doc:"that makes it"`
	Reproduces  *uuid.UUID   `json:"reproduces" nullable:"true" format:"uuid" doc:"the package that it was made again from"`
	Size        *int64       `json:"size" doc:"bytes; null: not made yet"`
	SHA256      string       `json:"sha256" doc:"of the file, hexadecimal; empty: not made yet"`
	PlanSHA256  string       `json:"plan_sha256" doc:"of the data that it was made from"`
	Software    string       `json:"software" doc:"version of the program that made the file; empty: not made yet, or not known"`
	Files       []PackedFile `json:"files"`
	Notices     []string     `json:"notices" doc:"what is not in it, and why"`
	ExpiresAt   *time.Time   `json:"expires_at" doc:"when its file goes"`
	MayDownload bool         `json:"may_download" doc:"the person reads as far as the maker did"`
	CreatedBy   string       `json:"created_by"`
	CreatedAt   time.Time    `json:"created_at"`

	made account.Scope // how far the maker read
	full bool          // the maker was shown small counts
}

// PackedFile is a file of a package.
type PackedFile struct {
	Name   string `json:"name"`
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// InvalidError says that an order cannot be carried out. Detail is a sentence
// for people.
type InvalidError struct {
	Field  string
	Detail string
}

func (e *InvalidError) Error() string { return "package, " + e.Field + ": " + e.Detail }

// Errors of handing a package out.
var (
	ErrExpired = errors.New("成果包已超过保存期限，文件已删除；可以重新生成")
	ErrMaking  = errors.New("成果包还没有生成完，请稍后再下载")
	ErrGone    = errors.New("成果包没有生成成功，没有可下载的文件")
	ErrScope   = errors.New("该成果包包含您权限范围以外的内容，不能下载；请重新生成一份")
)
