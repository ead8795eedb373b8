# What an interactive shell in a lab reads: the user's own settings, then what makes it a lab's.
[ -f ~/.bashrc ] && . ~/.bashrc

unset PROMPT_COMMAND NSLAB_CELL
PATH=${BASH_SOURCE[0]%/*}/shims:$PATH
PS1='root@${NSLAB_NAMESPACE}:\w# '
