{
  description = "A torrent as a folder";

  inputs.nixpkgs.url = "nixpkgs/nixos-unstable";

  outputs = { self, nixpkgs }:
    let
      systems = [ "x86_64-linux" "aarch64-linux" ];
      each = nixpkgs.lib.genAttrs systems;
    in
    {
      packages = each (system: {
        default = import ./default.nix { pkgs = nixpkgs.legacyPackages.${system}; };
      });
    };
}
