# nix-build packaging/nix, after the list of NuGet packages was made: $(nix-build packaging/nix -A fetch-deps) packaging/nix/deps.json
{ pkgs ? import <nixpkgs> { } }:

pkgs.buildDotnetModule {
  pname = "btfs";
  version = "0.1.0";
  src = ../..;

  projectFile = "src/BtFs/BtFs.csproj";
  nugetDeps = ./deps.json;
  dotnet-sdk = pkgs.dotnetCorePackages.sdk_10_0;
  selfContainedBuild = true;
  nativeBuildInputs = [ pkgs.stdenv.cc ];
  buildInputs = [ pkgs.zlib ];

  # Loaded by name while it runs.
  runtimeDeps = [ pkgs.openssl ];
  dontDotnetFixup = true;
  dontStrip = true;

  installPhase = ''
    runHook preInstall
    patchShebangs packaging
    dotnet publish src/BtFs -c Release -o aot --no-restore -v q --nologo
    packaging/payload --program aot/btfs payload
    payload/install.sh --destdir=/ --prefix=$out --sbin=$out/bin
    runHook postInstall
  '';

  meta = {
    description = "A torrent as a folder";
    license = pkgs.lib.licenses.mit;
    platforms = [ "x86_64-linux" "aarch64-linux" ];
    mainProgram = "btfs";
  };
}
