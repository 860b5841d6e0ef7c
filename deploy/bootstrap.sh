#!/usr/bin/env bash
# Brings onto this machine what the project needs and git does not carry. `make` calls it; each step does nothing when there is nothing to do.
#   deploy/bootstrap.sh venv        .venv with everything in requirements.lock, and the six rooms as editable packages
#   deploy/bootstrap.sh java        a Java that runs Kafka 4 (17 or later)
#   deploy/bootstrap.sh kafka       Kafka's jars, by Maven, in deploy/local-kafka/lib
#   deploy/bootstrap.sh test-tools  PostgreSQL, Chromium and its driver, for the tests
#   deploy/bootstrap.sh fonts       a font for Japanese and Korean, for pictures of pages
# pip's settings (PIP_*, pip.conf) and the certificates named by SSL_* are used for every download.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

UV_VERSION=0.13.9
JAVA_AT_LEAST=17
PYTHON=${PYTHON:-python3}
venv=.venv
rooms=(schemas producers streams alerting consumers deploy)

say() { printf '==> %s\n' "$*" >&2; }
die() { printf '\nerror: %s\n' "$*" >&2; exit 1; }

# apt_install WHY PACKAGE…: by apt, as root or through sudo; elsewhere, says what to install by hand.
apt_install() {
  local why=$1 as_root=()
  shift
  command -v apt-get >/dev/null || die "$why. Install what corresponds to Debian's packages '$*', then run make again."
  if [ "$(id -u)" -ne 0 ]; then
    command -v sudo >/dev/null || die "$why. As root: apt-get install $*; then run make again."
    as_root=(sudo)
  fi
  say "$why: installing $* with apt"
  local run=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300)
  { "${run[@]}" update && "${run[@]}" install -y --no-install-recommends "$@"; } >apt.log 2>&1 || {
    tail -15 apt.log >&2
    die "$why, and apt could not install it (above; whole log in apt.log). Install by hand: $*; then run make again."
  }
  rm -f apt.log
}

# The same rule as tocsin_deploy.toolchain.find_java: JAVA_HOME, then PATH.
java_command() {
  if [ -n "${JAVA_HOME:-}" ] && [ -x "$JAVA_HOME/bin/java" ]; then echo "$JAVA_HOME/bin/java"; else command -v java || true; fi
}

java_major() {
  "$1" -version 2>&1 | sed -nE '1,3s/.*version "(1\.)?([0-9]+).*/\2/p' | head -n 1
}

have_java() {
  local java major
  java=$(java_command)
  [ -n "$java" ] || return 1
  major=$(java_major "$java")
  [ "${major:-0}" -ge "$JAVA_AT_LEAST" ]
}

jre_package() {
  if [ -n "$(apt-cache search --names-only '^openjdk-17-jre-headless$' 2>/dev/null)" ]; then
    echo openjdk-17-jre-headless
  elif [ -z "$(apt-cache search --names-only '^default-jre-headless$' 2>/dev/null)" ]; then
    echo openjdk-17-jre-headless # the lists are not there yet: Debian 12
  else
    echo default-jre-headless
  fi
}

install_java() {
  have_java && return
  local wanted
  wanted=("$(jre_package)")
  # One call to apt for both where Kafka's jars are still to be fetched.
  [ -f deploy/local-kafka/lib/.complete ] || command -v mvn >/dev/null || wanted+=(maven)
  apt_install "Kafka needs Java $JAVA_AT_LEAST or later" "${wanted[@]}"
  have_java || die "$(java_command) is older than Java $JAVA_AT_LEAST: let JAVA_HOME name a newer one, then run make again."
}

fetch_kafka() {
  install_java
  command -v mvn >/dev/null || apt_install "Kafka's jars come by Maven" maven
  say "fetching Kafka's jars into deploy/local-kafka/lib"
  local part=$PWD/deploy/local-kafka/lib.part
  rm -rf "$part"
  mvn -q -B --strict-checksums -f deploy/local-kafka/pom.xml dependency:copy-dependencies \
    -DoutputDirectory="$part" -DincludeScope=runtime >maven.log 2>&1 || {
    tail -15 maven.log >&2
    die "Maven could not fetch Kafka's jars (above; whole log in maven.log). Behind a mirror, Maven reads ~/.m2/settings.xml."
  }
  rm -f maven.log
  rm -rf deploy/local-kafka/lib
  mv "$part" deploy/local-kafka/lib
  touch deploy/local-kafka/lib/.complete
}

# uv does not read pip's settings; what they say of indexes and certificates is handed to it, unless uv has been told otherwise.
pip_settings_for_uv() {
  local index extra
  index=${PIP_INDEX_URL:-$("$venv/bin/python" -m pip config get global.index-url 2>/dev/null || true)}
  extra=${PIP_EXTRA_INDEX_URL:-$("$venv/bin/python" -m pip config get global.extra-index-url 2>/dev/null || true)}
  [ -z "$index" ] || export UV_DEFAULT_INDEX=${UV_DEFAULT_INDEX:-$index}
  [ -z "$extra" ] || export UV_INDEX=${UV_INDEX:-$extra}
  [ -z "${PIP_FIND_LINKS:-}" ] || export UV_FIND_LINKS=${UV_FIND_LINKS:-${PIP_FIND_LINKS// /,}}
  [ -z "${PIP_CERT:-}" ] || export SSL_CERT_FILE=${SSL_CERT_FILE:-$PIP_CERT}
}

install_venv() {
  local stamp=$venv/.installed editable=() room
  "$PYTHON" -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
    || die "Python 3.11 or later is needed; '$PYTHON' is $("$PYTHON" --version 2>&1 || echo 'not there'). Name another: make PYTHON=python3.12 install"
  # Scripts in a virtual environment name its folder: one that was moved or copied is made anew.
  if [ -f "$stamp" ] && [ "$(cat "$stamp")" != "$PWD" ]; then rm -rf "$venv"; fi
  "$venv/bin/python" -c 'import pip' 2>/dev/null || {
    say "making $venv"
    "$PYTHON" -m venv --clear "$venv" || die "'$PYTHON -m venv' failed (above). On Debian it comes with the package python3-venv."
  }
  [ "$("$venv/bin/uv" --version 2>/dev/null | cut -d' ' -f2)" = "$UV_VERSION" ] || {
    say "installing uv $UV_VERSION"
    "$venv/bin/python" -m pip install -q --disable-pip-version-check "uv==$UV_VERSION"
  }
  pip_settings_for_uv
  say "installing what requirements.lock names, and the six rooms"
  "$venv/bin/uv" pip sync -q --python "$venv/bin/python" --require-hashes requirements.lock
  for room in "${rooms[@]}"; do editable+=(-e "./$room"); done
  "$venv/bin/uv" pip install -q --python "$venv/bin/python" --no-deps "${editable[@]}"
  printf '%s' "$PWD" >"$stamp"
}

have_postgres() {
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null
}

install_test_tools() {
  local wanted=()
  have_postgres || wanted+=(postgresql)
  command -v chromium >/dev/null || command -v google-chrome >/dev/null || wanted+=(chromium)
  command -v chromedriver >/dev/null || wanted+=(chromium-driver)
  [ "${#wanted[@]}" -gt 0 ] || return 0
  if [[ " ${wanted[*]} " == *" postgresql "* ]] && [ "$(id -u)" -eq 0 ] && [ ! -e /etc/postgresql-common ]; then
    # The tests run a server of their own; Debian's package would start one for the whole machine, on port 5432.
    mkdir -p /etc/postgresql-common
    echo 'create_main_cluster = false' >/etc/postgresql-common/createcluster.conf
  fi
  apt_install "The tests need ${wanted[*]}" "${wanted[@]}"
}

# Pictures of Japanese and Korean need letters; no test does.
install_fonts() {
  command -v fc-list >/dev/null && [ -n "$(fc-list :lang=ja)" ] || apt_install "Pictures need a font for Japanese and Korean" fontconfig fonts-noto-cjk
}

case ${1:-} in
  venv) install_venv ;;
  java) install_java ;;
  kafka) fetch_kafka ;;
  test-tools) install_test_tools ;;
  fonts) install_fonts ;;
  *) sed -n '2,8p' "$0"; exit 2 ;;
esac
