"""The diagnosis behind `berceau doctor`: facts that are gathered, and pure checks over them."""
