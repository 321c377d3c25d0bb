package delivery

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/lianpian/lianpian/internal/exporter"
)

// manifest writes what programs check a package with.
func (m *maker) manifest(w io.Writer, r *Recipe) error {
	text, err := canonical(struct {
		Title      string       `json:"title"`
		District   string       `json:"district"`
		Scenario   string       `json:"scenario"`
		Revision   int          `json:"scenario_revision"`
		By         string       `json:"by"`
		At         string       `json:"at"`
		Software   string       `json:"software"`
		Policy     string       `json:"policy"`
		Profile    string       `json:"profile"`
		CRS        string       `json:"crs"`
		Encoding   string       `json:"encoding"`
		PlanSHA256 string       `json:"plan_sha256"`
		Files      []PackedFile `json:"files"`
		Notices    []string     `json:"notices"`
	}{
		m.content.Plan.Title, m.content.Plan.District.Name, m.content.Plan.Scenario.Name, m.content.Plan.Scenario.Revision,
		r.By, m.at.Format("2006-01-02T15:04:05+08:00"), r.Software, m.content.Plan.Versions.Policy, m.content.Plan.Versions.Profile,
		m.order.CRS, m.order.Encoding, r.PlanSHA256, m.made.Files, m.made.Notices,
	})
	if err != nil {
		return fmt.Errorf("write the manifest: %w", err)
	}
	_, err = w.Write(append(text, '\n'))
	return err
}

// list writes the files for people, in a form that spreadsheets open.
func (m *maker) list(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	out.UseCRLF = true
	_ = out.Write([]string{"文件", "字节数", "SHA-256"}) // the first error stays
	for _, f := range m.made.Files {
		_ = out.Write([]string{f.Name, strconv.FormatInt(f.Size, 10), f.SHA256})
	}
	out.Flush()
	return out.Error()
}

// note says to people what the package is and what its data rest on.
func (m *maker) note(w io.Writer) error {
	p := &m.content.Plan
	zones := make([]string, len(p.Zones))
	for i := range p.Zones {
		zones[i] = p.Zones[i].Name
	}
	lines := []string{
		p.Title, "",
		"区：" + p.District.Name,
		"方案：" + p.Scenario.Name + "（第 " + strconv.Itoa(p.Scenario.Revision) + " 次修订）",
		"片区：" + strings.Join(zones, "、"),
		"规划期限：" + orNone(p.Period),
		"编制单位：" + orNone(p.Author),
		"数据时间：" + m.at.Format("2006-01-02 15:04:05") + "（北京时间）",
		"制作人：" + p.By,
		"依据：" + p.District.PolicyTitle + "（" + p.Versions.Policy + "）",
		"设施标准：" + p.District.ProfileName + "（" + p.Versions.Profile + "）",
		"数据坐标系：" + m.crs.Name(),
		"", "各文件的数字出自同一时刻的同一份数据，校验值见 manifest.json。",
		"用 reproduce.json 可以重新生成同样的成果包：lianpian reproduce reproduce.json 成果包.zip",
	}
	for _, notice := range m.made.Notices {
		lines = append(lines, "注意："+notice)
	}
	lines = append(lines, "")
	lines = append(lines, exporter.Origin(p)...)
	_, err := io.WriteString(w, "\ufeff"+strings.Join(lines, "\r\n")+"\r\n")
	return err
}

func orNone(text string) string {
	if text == "" {
		return "未填写"
	}
	return text
}
