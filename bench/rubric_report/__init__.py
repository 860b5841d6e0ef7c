"""How far the rubric's grades of real incidents agree with what human annotators said of them."""
