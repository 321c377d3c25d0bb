package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// scripts ask the program itself what may come next, so they need no change when
// commands do. A line ":files" asks for the names of files.
var scripts = map[string]string{
	"bash": `# lianpian for bash: source <(lianpian completion bash)
_lianpian() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = ":files" ]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$2")
    else
      COMPREPLY+=("${line%%$'\t'*}")
    fi
  done < <("$1" complete -- "${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _lianpian lianpian
`,
	"zsh": `#compdef lianpian
# lianpian for zsh: source <(lianpian completion zsh), after compinit
_lianpian() {
  local line
  local -a values
  for line in "${(@f)$("${words[1]}" complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == ":files" ]]; then
      _files
    elif [[ -n $line ]]; then
      values+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
    fi
  done
  (( ${#values} )) && _describe -V 'lianpian' values
}
compdef _lianpian lianpian
`,
	"fish": `# lianpian for fish: lianpian completion fish | source
function __lianpian_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in ($words[1] complete -- $words[2..-1] 2>/dev/null)
    if test "$line" = ":files"
      __fish_complete_path (commandline -ct)
    else
      echo $line
    end
  end
end
complete -c lianpian -f -a '(__lianpian_complete)'
`,
}

type completionCommand struct {
	Shell string `arg:"" enum:"bash,zsh,fish" help:"The shell (${enum})."`
}

func (c completionCommand) Run(t terminal) error {
	_, err := fmt.Fprint(t.out, scripts[c.Shell])
	return err
}

type completeCommand struct {
	Words []string `arg:"" optional:"" passthrough:""`
}

func (c completeCommand) Run(t terminal) error {
	var all commands
	parser, err := grammar(&all)
	if err != nil {
		return err
	}
	words := c.Words
	if len(words) > 0 && words[0] == "--" {
		words = words[1:]
	}
	for _, candidate := range candidates(parser.Model.Node, words) {
		fmt.Fprintln(t.out, candidate)
	}
	return nil
}

// files is the candidate that stands for the names of files.
const files = ":files"

// candidates are what may stand for the last of the words after the program's
// name, each with a tab and a word of help.
func candidates(node *kong.Node, words []string) []string {
	words = joined(words)
	current := ""
	if len(words) > 0 {
		current, words = words[len(words)-1], words[:len(words)-1]
	}
	var awaiting *kong.Flag // its value comes next
	taken := 0              // positional arguments
	for _, word := range words {
		switch {
		case awaiting != nil:
			awaiting = nil
		case strings.HasPrefix(word, "-"):
			if !strings.Contains(word, "=") {
				if f := flagOf(node, word); f != nil && !f.IsBool() {
					awaiting = f
				}
			}
		default:
			if child := childOf(node, word); child != nil {
				node, taken = child, 0
				continue
			}
			if node.DefaultCmd != nil {
				node = node.DefaultCmd
			}
			taken++
		}
	}
	if awaiting != nil {
		return valuesOf(awaiting.Value, "", current)
	}
	if name, value, ok := strings.Cut(current, "="); ok && strings.HasPrefix(name, "--") {
		if f := flagOf(node, name); f != nil {
			return valuesOf(f.Value, name+"=", value)
		}
		return nil
	}
	var found []string
	if strings.HasPrefix(current, "-") {
		for _, f := range flagsOf(node) {
			found = append(found, "--"+f.Name+"\t"+sentence(f.Help))
			if f.Tag.Negatable != "" {
				found = append(found, "--no-"+f.Name+"\t"+sentence(f.Help))
			}
		}
		return beginning(found, current)
	}
	if taken == 0 {
		for _, child := range node.Children {
			if !child.Hidden {
				found = append(found, child.Name+"\t"+sentence(child.Help))
			}
		}
		found = beginning(found, current)
	}
	if node.DefaultCmd != nil {
		node = node.DefaultCmd
	}
	if taken < len(node.Positional) {
		found = append(found, valuesOf(node.Positional[taken], "", current)...)
	}
	return found
}

// joined puts together what bash takes apart at an equals sign.
func joined(words []string) []string {
	var out []string
	for i := 0; i < len(words); i++ {
		if words[i] == "=" && len(out) > 0 && strings.HasPrefix(out[len(out)-1], "--") {
			// The value stands alone, as bash replaces it alone.
			if i+1 == len(words) {
				out = append(out, "")
			}
			continue
		}
		out = append(out, words[i])
	}
	return out
}

func childOf(node *kong.Node, name string) *kong.Node {
	for _, child := range node.Children {
		if child.Name == name {
			return child
		}
	}
	return nil
}

// flagsOf are the flags that a command takes, its own first.
func flagsOf(node *kong.Node) []*kong.Flag {
	var flags []*kong.Flag
	if node.DefaultCmd != nil {
		flags = append(flags, node.DefaultCmd.Flags...)
	}
	for at := node; at != nil; at = at.Parent {
		for _, f := range at.Flags {
			if !f.Hidden {
				flags = append(flags, f)
			}
		}
	}
	return flags
}

func flagOf(node *kong.Node, word string) *kong.Flag {
	for _, f := range flagsOf(node) {
		if word == "--"+f.Name || f.Short != 0 && word == "-"+string(f.Short) {
			return f
		}
	}
	return nil
}

// valuesOf are what a flag or an argument may be.
func valuesOf(v *kong.Value, prefix, current string) []string {
	if v.Enum != "" {
		var found []string
		for _, value := range v.EnumSlice() {
			if value != "" {
				found = append(found, prefix+value+"\t")
			}
		}
		return beginning(found, prefix+current)
	}
	if v.Tag != nil && (strings.Contains(v.Tag.Type, "path") || strings.HasPrefix(v.Tag.Type, "existing")) {
		return []string{files}
	}
	return nil
}

func beginning(list []string, with string) []string {
	var found []string
	for _, s := range list {
		if strings.HasPrefix(s, with) {
			found = append(found, s)
		}
	}
	return found
}

// sentence is the beginning of a help text.
func sentence(help string) string {
	first, _, _ := strings.Cut(help, "\n")
	first, _, _ = strings.Cut(first, ":")
	return strings.TrimSuffix(first, ".")
}
