"""Certificates for a run, made with the openssl command."""

import subprocess


def openssl(*words, **options):
    """Run openssl; what it says is shown only if it fails."""
    done = subprocess.run(["openssl", *map(str, words)], capture_output=True, text=True, **options)
    if done.returncode != 0:
        raise RuntimeError(f"openssl {words[0]}: {done.stderr}")
    return done.stdout


def certificate(directory, name="localhost", names="DNS:localhost,IP:127.0.0.1,IP:::1", issuer=None, authority=False,
                usage="serverAuth", start=None, end=None):
    """Make a certificate and its key, PEM files in the directory, and return their paths.

    `issuer` is what this returned for the one who signs; without, it signs itself. `start` and `end` are times such as
    20200101000000Z; without, it is valid for a day from now. Two of one subject need two directories.
    """
    directory.mkdir(parents=True, exist_ok=True)
    stem = directory / name.replace(" ", "-").replace("*", "any")
    cert, key, request, extensions = (stem.with_name(stem.name + suffix) for suffix in (".pem", ".key", ".csr", ".ext"))
    openssl("req", "-new", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", key,
            "-out", request, "-subj", f"/CN={name}")
    lines = ["basicConstraints=critical,CA:TRUE", "keyUsage=keyCertSign"] if authority else [
        "basicConstraints=CA:FALSE", f"extendedKeyUsage={usage}"]
    if names and not authority:
        lines.append(f"subjectAltName={names}")
    extensions.write_text("\n".join(lines) + "\n")
    # `openssl ca` is the command that takes dates; it wants a database to go with them.
    database = stem.with_name(stem.name + ".db")
    database.write_text("")
    configuration = stem.with_name(stem.name + ".cnf")
    configuration.write_text(f"[ca]\ndefault_ca=it\n[it]\ndatabase={database}\nnew_certs_dir={directory}\nrand_serial=yes\n"
                             "default_md=sha256\npolicy=any\n[any]\ncommonName=supplied\n")
    signer = ["-cert", issuer[0], "-keyfile", issuer[1]] if issuer else ["-selfsign", "-keyfile", key]
    dates = [word for option, value in (("-startdate", start), ("-enddate", end)) if value for word in (option, value)]
    openssl("ca", "-batch", "-notext", "-config", configuration, "-in", request, "-out", cert, "-extfile", extensions,
            *signer, *(dates if end else [*dates, "-days", "1"]))
    return cert, key
