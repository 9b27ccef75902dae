#!/bin/sh
# Installs BtFs from the folder in which this script lies.
#
#   ./install.sh                      for everybody below /usr/local as root, for yourself below ~/.local otherwise
#   ./install.sh --prefix=DIR         below DIR
#   ./install.sh --uninstall          removes what was installed there before (with the same --prefix)
#
# For makers of packages: --destdir=DIR puts DIR in front of every path, and writes no list for --uninstall;
# --sbin=DIR is where mount(8) looks for mount.btfs (default /usr/sbin, or /sbin where that is another folder).
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=''
destdir=''
sbin=''
uninstall=''
is_root=$([ "$(id -u)" -eq 0 ] && echo 1 || echo '')

fail() {
    echo "install.sh: $1" >&2
    exit 1
}

is_folder() {
    [ -d "$1" ] && [ ! -L "$1" ]
}

for word in "$@"; do
    case $word in
        --prefix=/*) prefix=${word#*=} ;;
        --destdir=/*) destdir=${word#*=} ;;
        --sbin=/*) sbin=${word#*=} ;;
        --uninstall) uninstall=1 ;;
        -h|--help) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 0 ;;
        --prefix*|--destdir*|--sbin*) fail "$word: needs an absolute folder, as in --prefix=/usr/local" ;;
        *) fail "$word: unknown option; see ./install.sh --help" ;;
    esac
done
if [ -z "$prefix" ]; then
    if [ -n "$is_root$destdir" ]; then prefix=/usr/local; else prefix=${HOME:?}/.local; fi
fi
if [ -z "$sbin" ]; then
    if [ -n "$destdir" ] || [ -L /sbin ]; then sbin=/usr/sbin; else sbin=/sbin; fi
fi
list=$prefix/share/btfs/installed

if [ -n "$uninstall" ]; then
    [ -e "$list" ] || fail "nothing was installed below $prefix by this script; another --prefix?"
    # Files come first in the list, this list among them, then folders, the deepest first.
    paths=$(cat "$list")
    printf '%s\n' "$paths" | while read -r path; do
        if is_folder "$path"; then rmdir "$path" 2>/dev/null || true; else rm -f "$path"; fi
    done
    echo "BtFs is removed from $prefix."
    exit 0
fi

[ -x "$here/btfs" ] || fail "$here/btfs is missing: run this script from the folder that was unpacked"
files=$(mktemp)
folders=$(mktemp)
trap 'rm -f "$files" "$folders"' EXIT
umask 022
mkdir -p "$destdir/"

# folder PATH: makes it, and notes which of it was not there before
folder() {
    if [ ! -d "$destdir$1" ]; then
        folder "$(dirname "$1")"
        mkdir "$destdir$1" || fail "cannot make $destdir$1"
        echo "$1" >> "$folders"
    fi
}

# put MODE FILE PATH
put() {
    folder "$(dirname "$3")"
    # Beside it first, so that a running program keeps its own file.
    install -m "$1" "$2" "$destdir$3.new" || fail "cannot write $destdir$3"
    mv -f "$destdir$3.new" "$destdir$3"
    echo "$3" >> "$files"
}

# link TARGET PATH
link() {
    folder "$(dirname "$2")"
    ln -sfn "$1" "$destdir$2"
    echo "$2" >> "$files"
}

# put_with_paths FILE PATH: a file that names the program
put_with_paths() {
    sed "s,/usr/bin/btfs,$prefix/bin/btfs,g" "$1" > "$files.text"
    put 644 "$files.text" "$2"
    rm -f "$files.text"
}

put 755 "$here/btfs" "$prefix/bin/btfs"
link btfs "$prefix/bin/btplay"
link btfs "$prefix/bin/btfsstat"

if [ -n "$destdir$is_root" ]; then
    for name in mount.btfs mount.fuse.btfs; do
        # Relative where both are below one folder, so that the tree may be looked at from outside.
        case $sbin:$prefix in
            /usr/sbin:/usr) link ../bin/btfs "$sbin/$name" ;;
            *) if [ "$sbin" = "$prefix/bin" ]; then link btfs "$sbin/$name"; else link "$prefix/bin/btfs" "$sbin/$name"; fi ;;
        esac
    done
    put_with_paths "$here/systemd/btfs@.service" "$prefix/lib/systemd/system/btfs@.service"
    user_units=$prefix/lib/systemd/user
else
    # mount(8) and the system's systemd look in no home.
    user_units=$prefix/share/systemd/user
fi
put_with_paths "$here/systemd/btfs-library.service" "$user_units/btfs-library.service"

for page in "$here"/man/*.[18]; do
    name=$(basename "$page")
    put 644 "$page" "$prefix/share/man/man${name##*.}/$name"
done
link btfs.1 "$prefix/share/man/man1/btplay.1"
link btfs.1 "$prefix/share/man/man1/btfsstat.1"
link mount.btfs.8 "$prefix/share/man/man8/mount.fuse.btfs.8"

put 644 "$here/bash/btfs" "$prefix/share/bash-completion/completions/btfs"
put 644 "$here/zsh/_btfs" "$prefix/share/zsh/site-functions/_btfs"
put 644 "$here/fish/btfs.fish" "$prefix/share/fish/vendor_completions.d/btfs.fish"

put_with_paths "$here/desktop/btfs.desktop" "$prefix/share/applications/btfs.desktop"
put 644 "$here/desktop/btfs.svg" "$prefix/share/icons/hicolor/scalable/apps/btfs.svg"
put 644 "$here/desktop/btfs.metainfo.xml" "$prefix/share/metainfo/btfs.metainfo.xml"

for name in README.md STATUS.md CHANGELOG.md LICENSE THIRD-PARTY-NOTICES; do
    put 644 "$here/$name" "$prefix/share/doc/btfs/$name"
done
for guide in "$here"/guides/*.md; do
    put 644 "$guide" "$prefix/share/doc/btfs/guides/$(basename "$guide")"
done
put 644 "$here/systemd/example.conf" "$prefix/share/doc/btfs/examples/example.conf"

[ -z "$destdir" ] || exit 0

# What an earlier version installed is still of our making, whether this one has it or not.
if [ -e "$list" ]; then
    while read -r path; do
        if is_folder "$path"; then echo "$path" >> "$folders"; else echo "$path" >> "$files"; fi
    done < "$list"
fi
folder "$(dirname "$list")"
echo "$list" >> "$files"
{ sort -u "$files"; sort -ru "$folders"; } > "$list.new"
mv "$list.new" "$list"

echo "BtFs $(cat "$here/VERSION") is installed below $prefix."
case :$PATH: in
    *":$prefix/bin:"*) ;;
    *) echo "$prefix/bin is not in your PATH yet." ;;
esac
[ -n "$is_root" ] || echo "Without root there is no mount.btfs for fstab; everything else works."
command -v fusermount3 >/dev/null 2>&1 || echo "Ordinary users need fusermount3 to mount: install your system's package fuse3."
