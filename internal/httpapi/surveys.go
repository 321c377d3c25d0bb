package httpapi

func (s *Server) surveyRoutes() {}
