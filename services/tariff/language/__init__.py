"""The language of tariffs: dated YAML in, frozen and sourced `Tariff` out, or a refusal."""
