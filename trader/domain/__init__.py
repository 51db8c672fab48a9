"""The words of the bot: candle, order, fill, position, trade, and the book that folds them."""
